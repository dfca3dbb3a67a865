import { z } from 'zod'

/** Taken as it is: copying and checking each name of a large one would cost more than everything else. */
export const Members = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

/** Own members only, one after another. */
export function* membersOf(
  members: Readonly<Record<string, unknown>> | undefined,
): Generator<readonly [name: string, value: unknown]> {
  if (members === undefined) return
  for (const name of Object.keys(members)) yield [name, members[name]]
}
