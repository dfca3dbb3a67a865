import { z } from 'zod'
import { parseJson } from '#kit/json.ts'

/** What the probe keeps of an executable. */
export interface Note {
  /** JSON as cargo-auditable wrote it; several when one file holds several programs. */
  readonly lists: readonly string[]
  /** Why something in it could not be read. */
  readonly reasons: readonly string[]
}

const KeptNote = z.object({ lists: z.array(z.string()), reasons: z.array(z.string()) })

export function encodeNote(note: Note): Buffer {
  return Buffer.from(JSON.stringify(note))
}

export function decodeNote(text: string, at: string): Note {
  return parseJson(KeptNote, text, at)
}
