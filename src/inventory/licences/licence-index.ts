import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One text of the SPDX list. */
export interface IndexedText {
  /** All identifiers that have this very text: `GPL-2.0-only` and `GPL-2.0-or-later` do. */
  readonly ids: readonly string[]
  /** Of the whole text. */
  readonly shingles: number
  /** The smallest of them, in ascending order. */
  readonly hashes: Uint32Array
}

/** A line `{ids, shingles, kept}` as JSON for each text, a NUL, then all kept hashes as 32 bits little-endian. */
export function packIndex(texts: readonly IndexedText[]): Uint8Array {
  const lines = texts.map(({ ids, shingles, hashes }) => JSON.stringify([ids.join(' '), shingles, hashes.length]))
  const bytes = Buffer.alloc(4 * texts.reduce((sum, { hashes }) => sum + hashes.length, 0))
  let at = 0
  for (const { hashes } of texts) for (const hash of hashes) at = bytes.writeUInt32LE(hash, at)
  return Buffer.from([...Buffer.from(`${lines.join('\n')}\0`), ...bytes])
}

/** The index that ships with the program. */
export function readIndex(): readonly IndexedText[] {
  const places = ['../data/licences', '../../../data/licences'].map((path) =>
    join(import.meta.dirname, path, 'index.bin'),
  )
  const place = places.find((path) => existsSync(path))
  if (place === undefined) throw new Error('data/licences/index.bin is not beside the program')
  return unpackIndex(readFileSync(place))
}

function unpackIndex(bytes: Buffer): IndexedText[] {
  const head = bytes.indexOf(0)
  let at = head + 1
  return bytes
    .toString('utf8', 0, head)
    .split('\n')
    .map((line) => {
      const [, ids = '', shingles, kept] = /^\["([^"]{1,2000})",(\d{1,9}),(\d{1,9})\]$/.exec(line) ?? []
      const hashes = new Uint32Array(Number(kept ?? 0))
      for (let index = 0; index < hashes.length; index++, at += 4) hashes[index] = bytes.readUInt32LE(at)
      return { ids: ids.split(' '), shingles: Number(shingles), hashes }
    })
}
