import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '#kit/json.ts'

export const manifestFile = 'manifest.json'
export const signatureFile = 'manifest.sig'
/** The signature of a manifest that is about to replace the present one. */
export const nextSignatureFile = 'manifest.sig.next'
export const manifestLimitBytes = 16 * 1024 * 1024
const shardLimitBytes = 512 * 1024 * 1024

const Sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/)

const ManifestShard = z.object({
  kind: z.enum(['advisories', 'kev', 'cycles']),
  namespace: z.string().min(1),
  digest: Sha256,
  size: z.int().positive().max(shardLimitBytes),
  records: z.int().nonnegative(),
  packages: z.int().nonnegative(),
})
export type ManifestShard = z.infer<typeof ManifestShard>

const ManifestSource = z.object({
  id: z.string().min(1),
  name: z.string(),
  url: z.string(),
  licence: z.string(),
  asOf: z.string().optional(),
  derivedFrom: z.string().optional(),
  /** Id of the source whose whole data makes this one unnecessary. */
  standsInFor: z.string().optional(),
  /** sha256 over the digests of the files it was read from: equal inputs need no second reading. */
  inputs: Sha256.optional(),
  records: z.int().nonnegative(),
})
export type ManifestSource = z.infer<typeof ManifestSource>

const Manifest = z.object({
  schemaVersion: z.literal(1),
  builtAt: z.iso.datetime(),
  sources: z.array(ManifestSource),
  shards: z.array(ManifestShard),
})
export type Manifest = z.infer<typeof Manifest>

/** Throws `malformed`. */
export function parseManifest(bytes: Buffer, at: string): Manifest {
  return parseJson(Manifest, bytes.toString(), at)
}

/** Canonical: lists sorted by id and namespace, fields by name, no white space. */
export function manifestBytes({ schemaVersion, builtAt, sources, shards }: Manifest): Buffer {
  const value = {
    builtAt,
    schemaVersion,
    shards: shards
      .toSorted((a, b) => order(`${a.kind} ${a.namespace}`, `${b.kind} ${b.namespace}`))
      .map((shard) => sortedFields(shard)),
    sources: sources.toSorted((a, b) => order(a.id, b.id)).map((source) => sortedFields(source)),
  }
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

export function shardFile(digest: string): string {
  return `shards/${digest.replace(':', '-')}.shard`
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Code unit order: the same on every machine. */
export function order(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function sortedFields(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => order(a, b)))
}
