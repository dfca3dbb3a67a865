import { CORE_SCHEMA, FAILSAFE_SCHEMA, load, type Schema } from 'js-yaml'
import type { z } from 'zod'
import { Problem } from './errors.ts'
import { parseValue } from './json.ts'

/**
 * Parses one YAML 1.2 document that came from outside. Numbers, booleans and null are told from text by the core schema,
 * so that `2024-01-02` stays text. Aliases share what they stand for, and a schema that copies would pay for each:
 * documents with more than a few are refused. Throws `malformed` that names the first wrong field.
 */
export function parseYaml<Shape extends z.ZodType>(schema: Shape, text: string, at: string): z.infer<Shape> {
  return parseValue(schema, yamlValue(text, at, CORE_SCHEMA), at)
}

/** The same where every scalar is wanted as it is written, for a version `1.10` is no number. */
export function parseYamlText<Shape extends z.ZodType>(schema: Shape, text: string, at: string): z.infer<Shape> {
  return parseValue(schema, yamlValue(text, at, FAILSAFE_SCHEMA), at)
}

const aliasLimit = 100

function yamlValue(text: string, at: string, schema: Schema): unknown {
  try {
    return load(text, { schema, maxAliases: aliasLimit, maxDepth: 100 })
  } catch (cause) {
    const line = /^.{0,200}$/m.exec(cause instanceof Error ? cause.message : '')?.[0] ?? ''
    throw new Problem('malformed', `this is not YAML: ${line}`, { at, cause })
  }
}
