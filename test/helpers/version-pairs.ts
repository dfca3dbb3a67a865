import fc from 'fast-check'
import { compareVersions, type VersionScheme } from '#versions/scheme.ts'

export type Pair = readonly [string, string]

/** Random pairs, half of them near each other, so that the comparison is decided late. The seed is fixed. */
export function pairsOf(version: fc.Arbitrary<string>, count: number): Pair[] {
  const near = fc
    .tuple(version, version)
    .map(([a, b]): Pair => [a, a.slice(0, Math.ceil(a.length / 2)) + b.slice(Math.ceil(b.length / 2))])
  return fc.sample(fc.oneof(fc.tuple(version, version), near), { numRuns: count, seed: 20_240_501 })
}

export function verdictOf(scheme: VersionScheme<unknown>, left: string, right: string): string | undefined {
  const comparison = compareVersions(scheme, left, right)
  return comparison === undefined ? undefined : signOf(comparison)
}

export function signOf(comparison: number): string {
  return comparison < 0 ? '<' : comparison > 0 ? '>' : '='
}
