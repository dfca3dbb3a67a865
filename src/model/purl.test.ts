import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { formatPurl, parsePurl } from './purl.ts'

describe('package URLs', () => {
  it.each([
    [{ type: 'npm', namespace: '@babel', name: 'core', version: '7.0.0' }, 'pkg:npm/%40babel/core@7.0.0'],
    [{ type: 'npm', name: 'JSONStream', version: '1.3.5' }, 'pkg:npm/JSONStream@1.3.5'],
    [
      {
        type: 'deb',
        namespace: 'debian',
        name: 'openssl',
        version: '3.0.11-1~deb12u2',
        qualifiers: { distro: 'debian-12', arch: 'amd64', upstream: undefined },
      },
      'pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12',
    ],
    [
      { type: 'deb', namespace: 'debian', name: 'libstdc++6', version: '1:2+b1' },
      'pkg:deb/debian/libstdc%2B%2B6@1:2%2Bb1',
    ],
    [{ type: 'rpm', namespace: 'AlmaLinux', name: 'NetworkManager' }, 'pkg:rpm/almalinux/NetworkManager'],
    [{ type: 'apk', namespace: 'alpine', name: 'Foo' }, 'pkg:apk/alpine/foo'],
    [
      { type: 'golang', namespace: 'github.com/BurntSushi', name: 'toml', version: 'v1.0.0' },
      'pkg:golang/github.com/BurntSushi/toml@v1.0.0',
    ],
    [{ type: 'golang', name: 'stdlib', version: '1.21.3' }, 'pkg:golang/stdlib@1.21.3'],
    [{ type: 'generic', name: "a/b @(!'*)" }, 'pkg:generic/a%2Fb%20%40%28%21%27%2A%29'],
  ])('prints %o as %s', (parts, text) => {
    expect(formatPurl(parts)).toBe(text)
  })

  it.each([
    '',
    'pkg:',
    'pkg:npm',
    'pkg:npm/',
    'npm/left-pad@1.0.0',
    'pkg:npm/left-pad%ZZ@1.0.0',
    'pkg:npm/a%ff',
    'pkg:deb/debian/x?arch=a&arch=b',
    'pkg:deb/debian/x?=b',
  ])('refuses %s', (text) => {
    expect(parsePurl(text)).toBeUndefined()
  })

  it('reads what is not canonical as what it means', () => {
    expect(parsePurl('PKG://NPM//@Scope//name@1.0/?Arch=x&empty=#/./a//../b/')).toEqual({
      type: 'npm',
      namespace: '@Scope',
      name: 'name',
      version: '1.0/',
      qualifiers: { arch: 'x' },
      subpath: 'a/b',
    })
  })

  it('refuses to print a package without a name', () => {
    expect(() => formatPurl({ type: 'npm', name: '' })).toThrow(Problem)
  })

  it('prints what it reads back', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((value) => value.isWellFormed())
    const parts = fc.record({
      type: fc.constantFrom('npm', 'golang', 'generic'),
      namespace: text,
      name: text,
      version: text,
    })
    fc.assert(
      fc.property(parts, (purl) => {
        const printed = formatPurl(purl)
        const again = parsePurl(printed)
        expect(again?.name).toBe(purl.name)
        expect(again?.version).toBe(purl.version)
        expect(again && formatPurl(again)).toBe(printed)
      }),
    )
  })

  it('takes any text without throwing, and prints what it accepts in a stable form', () => {
    const piece = fc.constantFrom('pkg:', 'npm', '/', '@', '?', '#', '%40', '%', '=', '&', '..', 'a', 'é', '\n')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const purl = parsePurl(`pkg:npm/${pieces.join('')}`)
        const printed = purl && formatPurl(purl)
        expect(printed && formatPurl(parsePurl(printed) ?? { type: 'x', name: 'lost' })).toBe(printed)
      }),
    )
  })
})
