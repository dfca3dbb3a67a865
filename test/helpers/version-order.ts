import { describe, expect, it } from 'vitest'
import { compareVersions, type VersionScheme } from '#versions/scheme.ts'

export interface ExpectedOrder {
  /** Chains, oldest first, each version strictly older than the next. */
  readonly ascending: readonly (readonly string[])[]
  readonly equal: readonly (readonly [string, string])[]
  readonly refused: readonly string[]
}

/** The tests that every version scheme has, from a table of examples. */
export function describeOrder(scheme: VersionScheme<unknown>, { ascending, equal, refused }: ExpectedOrder): void {
  describe(`${scheme.id} versions`, () => {
    const pairs = ascending.flatMap((chain) => chain.slice(1).map((newer, i) => [chain[i], newer]))

    it.each(pairs)('%s < %s', (older = '', newer = '') => {
      expect(compareVersions(scheme, older, newer)).toBeLessThan(0)
      expect(compareVersions(scheme, newer, older)).toBeGreaterThan(0)
    })

    it.each(equal)('%s = %s', (left, right) => {
      expect(compareVersions(scheme, left, right)).toBe(0)
    })

    it.each(refused)('refuses %j', (text) => {
      expect(scheme.parse(text)).toBeUndefined()
    })
  })
}
