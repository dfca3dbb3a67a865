import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { locateCache } from './location.ts'

const home = tmpdir()
const usual = 2 * 1024 ** 3

describe('the layer cache is', () => {
  it.each([
    ['named by an option', { cache: '/a' }, { SEAWALL_CACHE: '/b', HOME: home }, '/a', usual],
    ['named in the environment', {}, { SEAWALL_CACHE: '/b', HOME: home }, '/b', usual],
    ['where caches are', {}, { XDG_CACHE_HOME: home, HOME: '/nowhere' }, join(home, 'seawall/layers'), usual],
    ['in the home of the user', {}, { HOME: home, SEAWALL_CACHE: '' }, join(home, '.cache/seawall/layers'), usual],
    ['nowhere without a home', {}, { HOME: '/nowhere/at/all' }, '/nowhere/at/all/.cache/seawall/layers', 0],
    ['as large as an option says', { cache: '/a', cacheSize: '1.5 MB' }, { SEAWALL_CACHE_MAX: '3' }, '/a', 1_500_000],
    ['as large as the environment says', { cache: '/a' }, { SEAWALL_CACHE_MAX: '4kiB' }, '/a', 4096],
  ])('%s', (_, options, env, path, limitBytes) => {
    expect(locateCache(options, { env })).toMatchObject({ path, limitBytes })
  })

  it('refused with a size that is none', () => {
    expect(() => locateCache({}, { env: { SEAWALL_CACHE_MAX: 'much' } })).toThrow(Problem)
  })
})
