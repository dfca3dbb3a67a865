import { joined } from '#kit/limits.ts'

/** What the probe of one cataloger kept of a file, or why it gave up. `id` is the cataloger's. */
export type ProbeNote =
  | { readonly id: string; readonly bytes: Buffer; readonly failure?: undefined }
  | { readonly id: string; readonly failure: string; readonly bytes?: undefined }

/** Tells notes from content where a hard link hides which of the two was kept. */
const magic = Buffer.from('\0seawall probe notes\0')
const lengthsBytes = 9

/** One buffer with the notes of several probes on one file: per note two lengths, the kind, then id and bytes. */
export function packNotes(notes: readonly ProbeNote[]): Buffer {
  const parts = notes.flatMap(({ id, ...note }) => {
    const name = Buffer.from(id)
    const bytes = note.bytes ?? Buffer.from(note.failure)
    const lengths = Buffer.alloc(lengthsBytes)
    lengths.writeUInt32LE(name.length, 0)
    lengths.writeUInt32LE(bytes.length, 4)
    lengths.writeUInt8(note.bytes === undefined ? 1 : 0, 8)
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
    const id = packed.toString('utf8', at + lengthsBytes, idEnd)
    const bytes = packed.subarray(idEnd, bytesEnd)
    yield packed[at + 8] === 1 ? { id, failure: bytes.toString('utf8') } : { id, bytes }
    at = bytesEnd
  }
}
