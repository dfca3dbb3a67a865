import { z } from 'zod'

/** An object taken as it is: each member is checked when it is looked at. */
export const Members = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

export type Members = z.infer<typeof Members>

/** What a member is when it is an object, and otherwise nothing. */
export function membersOf(value: unknown): Members {
  return Members.safeParse(value).data ?? {}
}
