import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readFileIfPresent, readFileWithin } from './bounded-file.ts'
import { whileLocked } from './lock.ts'
import {
  type Manifest,
  manifestFile,
  manifestLimitBytes,
  nextSignatureFile,
  parseManifest,
  shardFile,
  signatureFile,
} from './manifest.ts'
import { signatureLimitBytes, signerOf } from './signature.ts'

const graceMs = 60 * 60 * 1000
const lockFile = 'update.lock'

/**
 * Puts the database of `staging` (same file system) in the place of `target`. Whatever happens on the way,
 * `target` holds one whole database: shards are only added, then the manifest is renamed into place.
 * The signature of the next manifest waits beside the present one, so that either manifest has its own.
 * Shards of the database before last go, once readers had an hour to finish.
 */
export async function installDatabase(staging: string, target: string, context: Context): Promise<void> {
  if (await isNewPlace(target)) {
    await rename(staging, target).catch(async (error: unknown) => {
      if (await isNewPlace(target)) throw error
      await replaceAlone(staging, target, context)
    })
    return
  }
  await replaceAlone(staging, target, context)
}

function replaceAlone(staging: string, target: string, context: Context): Promise<void> {
  return whileLocked(join(target, lockFile), context.signal, () => replace(staging, target, context))
}

async function replace(staging: string, target: string, context: Context): Promise<void> {
  const next = parseManifest(readFileWithin(join(staging, manifestFile), manifestLimitBytes), staging)
  await mkdir(join(target, 'shards'), { recursive: true })
  for (const { digest } of next.shards) await moveIfPresent(staging, target, shardFile(digest))
  await finishInterrupted(target)
  await removeUnused(target, next, context.now())
  const signature = readFileIfPresent(join(staging, signatureFile), signatureLimitBytes)
  if (signature !== undefined) await rename(join(staging, signatureFile), join(target, nextSignatureFile))
  await rename(join(staging, manifestFile), join(target, manifestFile))
  if (signature !== undefined) await rename(join(target, nextSignatureFile), join(target, signatureFile))
}

/** A shard that is not among the new files is the one that `target` already has. */
async function moveIfPresent(from: string, to: string, file: string): Promise<void> {
  if (existsSync(join(from, file))) await rename(join(from, file), join(to, file))
}

async function isNewPlace(target: string): Promise<boolean> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new Problem('usage', 'a database cannot be written here', { at: target, cause: error })
  })
  if (names.length > 0 && !names.includes(manifestFile)) {
    throw new Problem('usage', 'this directory holds something else than a database', {
      at: target,
      hint: 'Name a new or empty directory.',
    })
  }
  return names.length === 0
}

/** An update that died after it replaced the manifest left the signature beside its place. */
async function finishInterrupted(target: string): Promise<void> {
  const manifest = readFileIfPresent(join(target, manifestFile), manifestLimitBytes)
  const waiting = readFileIfPresent(join(target, nextSignatureFile), signatureLimitBytes)
  if (manifest === undefined || waiting === undefined) return
  if (isSignature(manifest, waiting)) await rename(join(target, nextSignatureFile), join(target, signatureFile))
}

function isSignature(manifest: Buffer, signature: Buffer): boolean {
  try {
    return signerOf(manifest, signature, nextSignatureFile) !== undefined
  } catch {
    return false
  }
}

async function removeUnused(target: string, next: Manifest, now: Date): Promise<void> {
  const path = join(target, manifestFile)
  if (now.getTime() - (await stat(path)).mtimeMs < graceMs) return
  const inUse = new Set(next.shards.map(({ digest }) => shardFile(digest)))
  try {
    for (const { digest } of parseManifest(readFileWithin(path, manifestLimitBytes), path).shards) {
      inUse.add(shardFile(digest))
    }
  } catch {
    return
  }
  for (const name of await readdir(join(target, 'shards'))) {
    if (!inUse.has(`shards/${name}`)) await rm(join(target, 'shards', name), { force: true })
  }
}
