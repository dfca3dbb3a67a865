import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { BuildInfo } from './buildinfo.ts'

/** What the probe keeps of an executable. */
export interface Note {
  /** Several when one file holds several programs. */
  readonly infos: readonly BuildInfo[]
  /** Why something in it could not be read. */
  readonly reasons: readonly string[]
}

const KeptNote = z.object({
  infos: z.array(z.object({ toolchain: z.string(), modules: z.string() })),
  reasons: z.array(z.string()),
})

export function encodeNote(note: Note): Buffer {
  return Buffer.from(JSON.stringify(note))
}

export function decodeNote(text: string, at: string): Note {
  return parseJson(KeptNote, text, at)
}
