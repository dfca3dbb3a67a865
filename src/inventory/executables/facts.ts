import { z } from 'zod'
import { parseJson } from '#kit/json.ts'

/** What is known of an executable or a library without knowing what software it is. */
export interface ExecutableFacts {
  readonly format: 'elf' | 'pe' | 'mach-o'
  readonly kind: 'executable' | 'library'
  /** ELF: needs neither an interpreter nor libraries. */
  readonly isStatic?: boolean | undefined
  /** ELF: identifies this very build, lower case hexadecimal. */
  readonly buildId?: string | undefined
  /** ELF: what loads it, as `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter?: string | undefined
  /** ELF: the name that others need it by. */
  readonly soname?: string | undefined
  /** ELF: names of the libraries that it needs; absent where they could not be read. */
  readonly needed?: readonly string[] | undefined
}

/** An executable or a library of the subject. */
export interface Executable extends ExecutableFacts {
  /** Absolute path in the subject. */
  readonly path: string
  readonly sizeBytes: number
  /** Index of the layer that brought it. */
  readonly layer: number
  /** As in `Package`. */
  readonly ownedBy?: string | undefined
  readonly changedSince?: string | undefined
}

const KeptFacts = z.object({
  format: z.enum(['elf', 'pe', 'mach-o']),
  kind: z.enum(['executable', 'library']),
  isStatic: z.boolean().optional(),
  buildId: z.string().optional(),
  interpreter: z.string().optional(),
  soname: z.string().optional(),
  needed: z.array(z.string()).optional(),
})

export function encodeFacts(facts: ExecutableFacts): Buffer {
  return Buffer.from(JSON.stringify(facts))
}

export function decodeFacts(kept: Buffer, at: string): ExecutableFacts {
  return parseJson(KeptFacts, kept.toString(), at)
}
