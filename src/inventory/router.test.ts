import { describe, expect, it } from 'vitest'
import { type Cataloger, defineCataloger } from './cataloger.ts'
import { Router } from './router.ts'

function cataloger(id: string, files: readonly string[]): Cataloger {
  return defineCataloger({
    id,
    version: 1,
    ecosystem: 'npm',
    proves: 'installed',
    title: id,
    spec: 'https://example.org/',
    files,
    finds: ['packages'],
    catalog: () => [],
  })
}

describe('the router', () => {
  const router = new Router([
    cataloger('exact', ['var/lib/dpkg/status']),
    cataloger('folder', ['var/lib/dpkg/status.d/*']),
    cataloger('anywhere', ['**/package.json', '**/@*/deep/package.json']),
    cataloger('ending', ['**/*.dist-info/METADATA', '**/*.deps.json', '**/*.{jar,war}', '**/x-*.{ear,tar.gz}']),
    cataloger('middle', ['**/lib/*-[0-9]*.so']),
    cataloger('prefix', ['**/requirements*']),
  ])

  it.each([
    ['var/lib/dpkg/status', ['exact']],
    ['x/var/lib/dpkg/status', []],
    ['var/lib/dpkg/status.d/libc6', ['folder']],
    ['var/lib/dpkg/status.d/.hidden', ['folder']],
    ['var/lib/dpkg/status.d/deeper/libc6', []],
    ['package.json', ['anywhere']],
    ['.a/@b/deep/package.json', ['anywhere']],
    ['var/lib/dpkg/status.d/package.json', ['anywhere', 'folder']],
    ['a/b.dist-info/METADATA', ['ending']],
    ['a/METADATA', []],
    ['opt/a/b/c.deps.json', ['ending']],
    ['a.deps.json/x', []],
    ['a/b.war', ['ending']],
    ['a/b.WAR', []],
    ['a/x-1.ear', ['ending']],
    ['a/x-1.tar.gz', ['ending']],
    ['a/lib/b-1.2.so', ['middle']],
    ['a/lib/b-.so', []],
    ['a/requirements', ['prefix']],
    ['a/requirements-dev.txt', ['prefix']],
    ['.war', ['ending']],
    ['a\nb.dist-info/METADATA', ['ending']],
    ['x\ny/package.json', ['anywhere']],
    ['', []],
  ])('sends “%s” to %o', (path, ids) => {
    expect(router.wanting(path).map(({ id }) => id)).toEqual(ids)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    if (ids.length > 0) expect(router.mayWant(folder, name)).toBe(true)
  })
})
