import { parse } from 'smol-toml'
import type { z } from 'zod'
import { Problem } from './errors.ts'
import { parseValue } from './json.ts'

/** Parses TOML 1.0 text that came from outside. Throws `malformed` that names the line or the first wrong field. */
export function parseToml<Schema extends z.ZodType>(schema: Schema, text: string, at: string): z.infer<Schema> {
  return parseValue(schema, tomlValue(text, at), at)
}

function tomlValue(text: string, at: string): unknown {
  try {
    return parse(text.replace(/^\uFEFF/, ''), {
      integersAsBigInt: 'asNeeded',
      maxDepth: 100,
      unsafeKeyBehaviour: 'drop',
    })
  } catch (cause) {
    const line = /^.{0,200}$/m.exec(cause instanceof Error ? cause.message : '')?.[0] ?? ''
    throw new Problem('malformed', `this is not TOML: ${line}`, { at, cause })
  }
}
