import { describe, expect, it } from 'vitest'
import { judge, layers } from './layers.ts'

describe('the layer table', () => {
  it.each([
    ['/p/src/image/tar.ts', '#kit/errors.ts', 'ok'],
    ['/p/src/image/tar.ts', '#inventory/cataloger.ts', 'wrong_direction'],
    ['/p/src/inventory/x.ts', '#advisories/match.ts', 'wrong_direction'],
    ['/p/src/model/purl.ts', 'node:fs', 'impure'],
    ['/p/src/model/purl.test.ts', 'node:fs', 'ok'],
    ['/p/src/kit/http.ts', 'node:http', 'ok'],
    ['/p/src/cli/main.ts', '#scan/scan.ts', 'ok'],
    ['/p/src/elsewhere/x.ts', '#kit/errors.ts', 'not_a_layer'],
    ['/p/test/e2e/x.ts', '#cli/main.ts', 'ok'],
  ])('%s may import %s: %s', (from, to, verdict) => {
    expect(judge(from, to)).toBe(verdict)
  })

  it('has no circle', () => {
    const reach = (layer: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> =>
      (layers[layer] ?? []).reduce((all, next) => (all.has(next) ? all : reach(next, new Set([...all, next]))), seen)
    expect(Object.keys(layers).filter((layer) => reach(layer).has(layer))).toEqual([])
  })
})
