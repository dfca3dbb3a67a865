import { CORE_SCHEMA, load } from 'js-yaml'
import type { z } from 'zod'
import { Problem } from './errors.ts'
import { parseValue } from './json.ts'

/**
 * Parses one YAML 1.2 document that came from outside. Numbers, booleans and null are told from text by the core schema,
 * so that `2024-01-02` stays text. Aliases share what they stand for, and a schema that copies would pay for each:
 * documents with more than a few are refused. Throws `malformed` that names the first wrong field.
 */
export function parseYaml<Schema extends z.ZodType>(schema: Schema, text: string, at: string): z.infer<Schema> {
  return parseValue(schema, yamlValue(text, at), at)
}

const aliasLimit = 100

function yamlValue(text: string, at: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA, maxAliases: aliasLimit, maxDepth: 100 })
  } catch (cause) {
    const line = /^.{0,200}$/m.exec(cause instanceof Error ? cause.message : '')?.[0] ?? ''
    throw new Problem('malformed', `this is not YAML: ${line}`, { at, cause })
  }
}
