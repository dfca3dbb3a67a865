import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import { sha256 } from './manifest.ts'

const Signature = z.object({
  algorithm: z.literal('ed25519'),
  /** SubjectPublicKeyInfo, DER, base64. */
  publicKey: z.base64().max(200),
  keyId: z.string(),
  signature: z.base64().max(200),
})

export const signatureLimitBytes = 4096

export function signatureBytes(manifest: Uint8Array, key: KeyObject): Buffer {
  const publicKey = createPublicKey(key)
  const value = {
    algorithm: 'ed25519',
    keyId: keyIdOf(publicKey),
    publicKey: derOf(publicKey).toString('base64'),
    signature: sign(null, manifest, key).toString('base64'),
  }
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

/** The id of the key that signed exactly these bytes; `undefined` when the signature is not of them. Throws `malformed`. */
export function signerOf(manifest: Uint8Array, signature: Uint8Array, at: string): string | undefined {
  const { publicKey, keyId, signature: value } = parseJson(Signature, Buffer.from(signature).toString(), at)
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    const isGood = key.asymmetricKeyType === 'ed25519' && keyIdOf(key) === keyId
    return isGood && verify(null, manifest, key, Buffer.from(value, 'base64')) ? keyId : undefined
  } catch {
    return undefined
  }
}

/** The first 128 bits of the sha256 of the public key, in hex. */
export function keyIdOf(key: KeyObject): string {
  return sha256(derOf(key.type === 'private' ? createPublicKey(key) : key)).slice(
    'sha256:'.length,
    'sha256:'.length + 32,
  )
}

/** Reads an Ed25519 private key in PEM (PKCS#8). Throws `usage`. */
export function parseSigningKey(pem: string, at: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), at)
}

/** Reads an Ed25519 public key (or takes it out of a private one) in PEM. Throws `usage`. */
export function parsePublicKey(pem: string, at: string): KeyObject {
  return ed25519(() => createPublicKey(pem), at)
}

function ed25519(parse: () => KeyObject, at: string): KeyObject {
  const hint = 'Make one with: openssl genpkey -algorithm ed25519 -out key.pem'
  let key: KeyObject
  try {
    key = parse()
  } catch {
    throw new Problem('usage', 'this is not a key in PEM form', { at, hint })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Problem('usage', 'this is not an Ed25519 key', { at, hint })
  return key
}

function derOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' })
}
