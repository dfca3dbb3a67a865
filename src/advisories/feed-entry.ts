import type { z } from 'zod'

/** Reads one entry of a feed; `undefined` when it is not JSON of this shape. */
export function readEntry<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return schema.safeParse(value).data
}
