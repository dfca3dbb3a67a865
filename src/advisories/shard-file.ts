import { join } from 'node:path'
import { Problem } from '#kit/errors.ts'
import { readFileWithin } from './bounded-file.ts'
import { type ManifestShard, sha256, shardFile } from './manifest.ts'
import { rebuildHint } from './sealed-manifest.ts'
import { decodeShard, type Shard, type ShardEntry } from './shard.ts'

/** A shard of a database directory, proved to be the one that the manifest lists. */
export interface ShardFile {
  readonly tables: unknown
  rows(key: string): readonly unknown[]
  entries(): Iterable<ShardEntry>
  /** Runs a reading of what came out of this shard. */
  guard<Result>(read: () => Result): Result
}

/** This and every call on the result throws `advisories_missing` where the file is not as it was built. */
export function openShardFile(dir: string, listed: ManifestShard): ShardFile {
  const guard = <Result>(read: () => Result): Result => {
    try {
      return read()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it cannot be read'
      throw new Problem('advisories_missing', `the advisories of ${listed.namespace} cannot be used: ${why}`, {
        at: dir,
        cause,
        hint: rebuildHint,
      })
    }
  }
  const shard = guard(() => readShard(dir, listed))
  return {
    tables: shard.head.tables,
    rows: (key) => guard(() => shard.rows(key)),
    *entries() {
      const iterator = shard.entries()[Symbol.iterator]()
      for (;;) {
        const next = guard(() => iterator.next())
        if (next.done === true) return
        yield next.value
      }
    },
    guard,
  }
}

function readShard(dir: string, { kind, namespace, digest, size }: ManifestShard): Shard {
  const bytes = readFileWithin(join(dir, shardFile(digest)), size)
  if (sha256(bytes) !== digest) throw new Problem('malformed', 'the file is not the one that the manifest lists')
  const shard = decodeShard(bytes)
  if (shard.head.kind === kind && shard.head.namespace === namespace) return shard
  throw new Problem('malformed', 'it holds something else than the manifest says')
}
