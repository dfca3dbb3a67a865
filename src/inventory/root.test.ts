import { describe, expect, it } from 'vitest'
import { rootOf } from '../../test/helpers/root.ts'
import { resolvePath } from './root.ts'

describe('a path inside the root', () => {
  const root = rootOf({
    'usr/lib/os-release': 'ID=x',
    'etc/os-release': { link: '../usr/lib/os-release' },
    'etc/absolute': { link: '/usr/lib/os-release' },
    'etc/above': { link: '../../../../usr/lib/os-release' },
    lib: { link: 'usr/lib' },
    'etc/through-folder': { link: '/lib/./os-release' },
    'etc/dangling': { link: 'nothing' },
    'etc/empty': { link: '' },
    'etc/loop': { link: 'loop' },
    'etc/ping': { link: 'pong' },
    'etc/pong': { link: './ping' },
    'etc/root': { link: '/' },
  })

  it.each([
    ['usr/lib/os-release', 'usr/lib/os-release'],
    ['etc/os-release', 'usr/lib/os-release'],
    ['etc/absolute', 'usr/lib/os-release'],
    ['etc/above', 'usr/lib/os-release'],
    ['lib/os-release', 'usr/lib/os-release'],
    ['etc/through-folder', 'usr/lib/os-release'],
    ['etc/root', ''],
    ['etc/root/etc/root/lib', 'usr/lib'],
    ['etc/dangling', undefined],
    ['etc/loop', undefined],
    ['etc/ping', undefined],
    ['etc/nowhere', undefined],
  ])('%s leads to %s', (path, target) => {
    expect(resolvePath(root, path)).toBe(target)
  })
})
