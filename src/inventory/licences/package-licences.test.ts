import { describe, expect, test } from 'vitest'
import { makePackage } from '../../../test/helpers/finding.ts'
import { packageLicences } from './package-licences.ts'

const file = (path: string, ...licences: string[]) => ({ path, licences: licences.map((licence) => ({ licence })) })
const none: ReadonlySet<string> = new Set()

describe('the licences of a package', () => {
  test.each([
    ['declared', ['GPL-2.0'], ['MIT'], ['GPL-2.0-only']],
    ['told by a file where none is declared', undefined, ['MIT', 'ISC'], ['ISC', 'MIT']],
    ['told by a file where the name leaves it open', ['BSD'], ['BSD-3-Clause'], ['BSD-3-Clause']],
    ['a name where no file tells', ['BSD'], [], ['BSD']],
    ['forbidding whatever lies beside it', ['UNLICENSED'], ['MIT'], ['UNLICENSED']],
    ['not known', undefined, [], []],
  ])('are %s', (_, licences, inFile, expected) => {
    const found = makePackage('left', { licences, locations: ['/app/node_modules/left/package.json'] })
    const [result] = packageLicences([found], [file('/app/node_modules/left/LICENSE', ...inFile)], none)
    expect(result?.licences.toSorted()).toEqual(expected)
    expect(result?.declared).toEqual(licences ?? [])
  })

  test.each([
    ['npm', '/app/node_modules/left/package.json', '/app/node_modules/left/LICENSE', true],
    ['npm', '/app/node_modules/left/package.json', '/app/node_modules/right/LICENSE', false],
    ['npm', '/app/node_modules/left/package.json', '/app/node_modules/left/lib/LICENSE', false],
    ['pypi', '/l/left-1.dist-info/METADATA', '/l/left-1.dist-info/LICENSE', true],
    ['pypi', '/l/left-1.dist-info/METADATA', '/l/left-1.dist-info/licenses/vendor/LICENSE', true],
    ['deb', '/var/lib/dpkg/status', '/usr/share/doc/left/copyright', true],
    ['deb', '/var/lib/dpkg/status', '/usr/share/doc/left-dev/copyright', false],
    ['rpm', '/var/lib/rpm/rpmdb.sqlite', '/usr/share/licenses/left/COPYING', true],
  ] as const)('of %s at %s and the file %s: %s', (ecosystem, location, path, isOwn) => {
    const found = makePackage('left', { ecosystem, locations: [location], licences: undefined })
    const [result] = packageLicences([found], [file(path, 'MIT')], none)
    expect(result?.files.length).toBe(isOwn ? 1 : 0)
  })

  test('are denied by identifier, by category, and where nothing is known', () => {
    const packages = [['MIT'], ['GPL-3.0-only'], undefined].map((licences) => makePackage('left', { licences }))
    const deniedBy = (word: string) => packageLicences(packages, [], new Set([word])).map(({ denied }) => denied)
    expect(deniedBy('mit')).toEqual([true, false, false])
    expect(deniedBy('strong-copyleft')).toEqual([false, true, false])
    expect(deniedBy('unknown')).toEqual([false, false, true])
  })
})
