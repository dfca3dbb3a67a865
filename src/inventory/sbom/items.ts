import type { z } from 'zod'
import { Problem } from '#kit/errors.ts'

/**
 * Checks the items of a long list one after the other. All at once, every fault of every item would be described before
 * the first is reported. Throws `malformed` that names the first wrong field.
 */
export function parseItems<Schema extends z.ZodType>(
  schema: Schema,
  items: readonly unknown[] = [],
  { member, at }: { readonly member: string; readonly at: string },
): z.infer<Schema>[] {
  return items.map((item, index) => {
    const result = schema.safeParse(item)
    if (result.success) return result.data
    const [issue] = result.error.issues
    const field = [member, index, ...(issue?.path ?? [])].map(String).join('.')
    throw new Problem('malformed', `${field}: ${issue?.message ?? 'not as expected'}`, { at })
  })
}
