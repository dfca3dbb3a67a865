import { join } from 'node:path'
import { Problem } from '#kit/errors.ts'
import { readFileIfPresent } from './bounded-file.ts'
import {
  type Manifest,
  manifestFile,
  manifestLimitBytes,
  nextSignatureFile,
  parseManifest,
  sha256,
  signatureFile,
} from './manifest.ts'
import { signatureLimitBytes, signerOf } from './signature.ts'
import { starterDigest } from './starter.generated.ts'
import type { Trust } from './trust.ts'

/** A manifest whose origin was proved: by a signature, or by the digest that the program carries. */
export interface SealedManifest {
  readonly manifest: Manifest
  readonly bytes: Buffer
  readonly digest: string
  readonly seal: { readonly kind: 'starter' } | { readonly kind: 'signed'; readonly keyId: string }
}

export interface SealOptions {
  readonly trust?: Trust | undefined
  /** Digest of the manifest that needs no signature. */
  readonly pinned?: string | undefined
}

const attempts = 5
export const rebuildHint = 'Run `seawall db update`, or name another database with --db.'

/**
 * Reads manifest and signature of a database directory. Throws `advisories_missing`.
 * The two files are replaced one after the other; a reader that falls between looks again.
 */
export function readSealedManifest(dir: string, { trust, pinned = starterDigest }: SealOptions = {}): SealedManifest {
  for (let attempt = 1; ; attempt += 1) {
    const bytes = guarded(dir, () => readFileIfPresent(join(dir, manifestFile), manifestLimitBytes))
    if (bytes === undefined) {
      throw new Problem('advisories_missing', 'there is no advisory database here', { at: dir, hint: rebuildHint })
    }
    const digest = sha256(bytes)
    const isPinned = digest === pinned
    const keyId = isPinned ? undefined : guarded(dir, () => signer(dir, bytes))
    if (!isPinned && keyId === undefined) {
      if (attempt < attempts) continue
      throw untrusted(dir, 'the manifest is not the one that was signed')
    }
    if (keyId !== undefined) requireTrusted(dir, keyId, trust)
    const manifest = guarded(dir, () => parseManifest(bytes, join(dir, manifestFile)))
    return { manifest, bytes, digest, seal: keyId === undefined ? { kind: 'starter' } : { kind: 'signed', keyId } }
  }
}

/** The file among the two that holds a good signature of these bytes decides. */
function signer(dir: string, manifest: Buffer): string | undefined {
  for (const file of [signatureFile, nextSignatureFile]) {
    const path = join(dir, file)
    const signature = readFileIfPresent(path, signatureLimitBytes)
    const keyId = signature === undefined ? undefined : signerOf(manifest, signature, path)
    if (keyId !== undefined) return keyId
  }
  return undefined
}

function requireTrusted(dir: string, keyId: string, trust: Trust | undefined): void {
  if (trust === undefined || trust.keyIds.size === 0 || trust.keyIds.has(keyId)) return
  throw new Problem('advisories_missing', `the database is signed by ${keyId}, which is not a trusted key`, {
    at: dir,
    hint: 'Add the key to SEAWALL_TRUSTED_KEYS, or use a database signed by a trusted key.',
  })
}

function guarded<Result>(dir: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    throw untrusted(dir, cause instanceof Error ? cause.message : 'it cannot be read', cause)
  }
}

function untrusted(dir: string, why: string, cause?: unknown): Problem {
  return new Problem('advisories_missing', `the advisory database cannot be used: ${why}`, {
    at: dir,
    cause,
    hint: rebuildHint,
  })
}
