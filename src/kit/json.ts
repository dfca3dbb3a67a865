import type { z } from 'zod'
import { Problem } from './errors.ts'

/** What one document may hold, so that reading it takes a second or two at most. Nothing real comes near. */
const depthLimit = 1000
const valuesLimit = 500_000

/** Parses JSON text that came from outside. Throws `malformed` that names the first wrong field. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string, at: string): z.infer<Schema> {
  return parseValue(schema, jsonValue(text, at), at)
}

/** The value of JSON text that came from outside, still to be checked. */
export function jsonValue(text: string, at: string): unknown {
  checkShape(text, at)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('malformed', 'this is not JSON', { at, cause })
  }
}

/** Checks a value that came from outside. Throws `malformed` that names the first wrong field. */
export function parseValue<Schema extends z.ZodType>(schema: Schema, value: unknown, at: string): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.map(String).join('.')
  throw new Problem('malformed', `${field}: ${issue?.message ?? 'not as expected'}`, { at })
}

/** Throws `limit_exceeded` before any memory is spent on a document that is too deep or has too many values. */
function checkShape(text: string, at: string): void {
  let [depth, values] = [0, 1]
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index)
    if (char === quote) index = stringEnd(text, index)
    else if (char === comma) values += 1
    else if (char === openBrace || char === openBracket) depth += 1
    else if (char === closeBrace || char === closeBracket) depth -= 1
    if (depth > depthLimit) throw new Problem('limit_exceeded', `JSON that is deeper than ${depthLimit}`, { at })
  }
  if (values > valuesLimit) throw new Problem('limit_exceeded', `JSON with more than ${valuesLimit} values`, { at })
}

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Where the closing quote is. */
function stringEnd(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charCodeAt(index)
    if (char === quote) return index
    if (char === backslash) index += 1
  }
  return text.length
}

/** What JSON may hold as it is, and a terminal must not get: DEL, C1 controls, bidirectional overrides, line separators. */
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Indented JSON that can be printed as it is, with a newline at its end. The same value, however it is printed. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2)
  return `${text.replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
