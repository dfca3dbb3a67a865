import type { z } from 'zod'
import { Problem } from './errors.ts'

/** Parses JSON text that came from outside. Throws `malformed` that names the first wrong field. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string, at: string): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Problem('malformed', 'this is not JSON', { at, cause })
  }
  return parseValue(schema, value, at)
}

/** Checks a value that came from outside. Throws `malformed` that names the first wrong field. */
export function parseValue<Schema extends z.ZodType>(schema: Schema, value: unknown, at: string): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.map(String).join('.')
  throw new Problem('malformed', `${field}: ${issue?.message ?? 'not as expected'}`, { at })
}

/** What JSON may hold as it is, and a terminal must not get: DEL, C1 controls, bidirectional overrides, line separators. */
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Indented JSON that can be printed as it is, with a newline at its end. The same value, however it is printed. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2)
  return `${text.replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
