import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readFileIfPresent } from './bounded-file.ts'
import { makeStaging } from './build.ts'
import { openDatabase } from './database.ts'
import { installDatabase } from './install.ts'
import { manifestFile, manifestLimitBytes, nextSignatureFile, shardFile, signatureFile } from './manifest.ts'
import { readSealedManifest, type SealedManifest } from './sealed-manifest.ts'
import type { Trust } from './trust.ts'

const totalLimitBytes = 16 * 1024 ** 3

/** Copies a database to `target`; what is there stays until the copy has been verified. Throws `advisories_missing`. */
export async function importDatabase(
  dir: string,
  target: string,
  { trust, context }: { readonly trust: Trust; readonly context: Context },
): Promise<SealedManifest> {
  const sealed = readSealedManifest(dir, { trust })
  const total = sealed.manifest.shards.reduce((sum, { size }) => sum + size, 0)
  if (total > totalLimitBytes) throw new Problem('limit_exceeded', `more than ${totalLimitBytes} bytes`, { at: dir })
  const staging = await makeStaging(resolve(target), context)
  try {
    await mkdir(join(staging, 'shards'))
    for (const file of [manifestFile, signatureFile, nextSignatureFile]) {
      await copyIfPresent(dir, staging, { file, limit: manifestLimitBytes })
    }
    for (const { digest, size } of sealed.manifest.shards) {
      context.signal.throwIfAborted()
      await copyIfPresent(dir, staging, { file: shardFile(digest), limit: size })
    }
    using copy = openDatabase(staging, { trust })
    copy.verify()
    await installDatabase(staging, resolve(target), context)
    return copy.sealed
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function copyIfPresent(from: string, to: string, { file, limit }: { file: string; limit: number }) {
  const bytes = readFileIfPresent(join(from, file), limit)
  if (bytes !== undefined) await writeFile(join(to, file), bytes, { flush: true })
}
