import { z } from 'zod'

/** An object with any keys, taken as it is: copying a large one would cost more than reading it. */
export const Members = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object',
)

/** A value of another type counts as absent. */
export const optionalText = z.string().optional().catch(undefined)

/** Those entries of a list that are text. */
export const texts = z
  .array(z.unknown())
  .catch([])
  .transform((values) => values.filter((value) => typeof value === 'string'))

/** Own members only, one after another. */
export function* membersOf(
  members: Readonly<Record<string, unknown>> | undefined,
): Generator<readonly [name: string, value: unknown]> {
  if (members === undefined) return
  for (const name of Object.keys(members)) yield [name, members[name]]
}
