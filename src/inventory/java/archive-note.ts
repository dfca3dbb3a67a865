import { z } from 'zod'
import { parseJson } from '#kit/json.ts'

const text = z.string()
const texts = z.array(text)

/** A Maven project as an archive describes it; what a text does not tell, or leaves to another file, is absent. */
const Project = z.object({
  group: text.optional(),
  artifact: text.optional(),
  version: text.optional(),
  licences: texts,
  dependencies: texts,
})

/** What one archive says of itself. */
const Archive = z.object({
  /** Names from the outermost archive to this one; the file itself is the empty path. */
  path: texts,
  sha1: text.optional(),
  /** Whether it holds more than descriptions and other archives. */
  hasContent: z.boolean(),
  /** Folders of its classes, up to four deep. */
  folders: texts,
  projects: z.array(Project),
  manifest: z.record(text, text),
  /** Why something in it could not be read. */
  reasons: texts,
})

const Note = z.object({ archives: z.array(Archive) })

export type Project = z.infer<typeof Project>
export type Archive = z.infer<typeof Archive>

export function encodeNote(archives: readonly Archive[]): Buffer {
  return Buffer.from(JSON.stringify({ archives }))
}

export function decodeNote(note: string, at: string): readonly Archive[] {
  return parseJson(Note, note, at).archives
}
