import { joined } from '#kit/limits.ts'

/** What the probe of one cataloger kept of a file. */
export interface ProbeNote {
  /** Of the cataloger. */
  readonly id: string
  readonly bytes: Buffer
}

/** Tells notes from content where a hard link hides which of the two was kept. */
const magic = Buffer.from('\0seawall probe notes\0')
const lengthsBytes = 8

/** One buffer that holds the notes of several probes on one file: per note the length of id and bytes, then both. */
export function packNotes(notes: readonly ProbeNote[]): Buffer {
  const parts = notes.flatMap(({ id, bytes }) => {
    const name = Buffer.from(id)
    const lengths = Buffer.alloc(lengthsBytes)
    lengths.writeUInt32LE(name.length, 0)
    lengths.writeUInt32LE(bytes.length, 4)
    return [lengths, name, bytes]
  })
  return joined(
    [magic, ...parts],
    parts.reduce((sum, part) => sum + part.length, magic.length),
  )
}

export function isNotes(content: Buffer): boolean {
  return content.subarray(0, magic.length).equals(magic)
}

/** Reads what `packNotes` wrote. */
export function* unpackNotes(packed: Buffer): Generator<ProbeNote> {
  for (let at = magic.length; at + lengthsBytes <= packed.length; ) {
    const idEnd = at + lengthsBytes + packed.readUInt32LE(at)
    const bytesEnd = idEnd + packed.readUInt32LE(at + 4)
    yield { id: packed.toString('utf8', at + lengthsBytes, idEnd), bytes: packed.subarray(idEnd, bytesEnd) }
    at = bytesEnd
  }
}
