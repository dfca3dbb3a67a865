import { describe, expect, it } from 'vitest'
import { nameOfReference, referencedPackage } from './reference.ts'

function purlOf(text: string): string {
  const outcome = referencedPackage(text, { location: '/x' })
  return typeof outcome === 'string' ? outcome : outcome.purl
}

describe('a reference of Conan', () => {
  it.each([
    ['zlib/1.2.13', 'pkg:conan/zlib@1.2.13'],
    ['zlib/1.2.13@', 'pkg:conan/zlib@1.2.13'],
    ['zlib/1.2.13@_/_', 'pkg:conan/zlib@1.2.13'],
    ['zlib/1.2.13@corp', 'pkg:conan/zlib@1.2.13?user=corp'],
    ['zlib/1.2.13@corp/dev#0f#1', 'unreadable'],
    ['zlib/1.2.13@corp/dev#0f:1a#2b', 'pkg:conan/zlib@1.2.13?channel=dev&rrev=0f&user=corp'],
    ['zlib/1.2.13#*', 'pkg:conan/zlib@1.2.13'],
    ['zlib/1.2.13#0f%1692672717.68', 'pkg:conan/zlib@1.2.13?rrev=0f'],
    ['zlib/cci.20230101', 'pkg:conan/zlib@cci.20230101'],
    ['zlib/[>=1.2 <2]@corp/dev', 'no-version'],
    ['zlib', 'unreadable'],
    ['', 'unreadable'],
    ['zlib/1.2 3', 'unreadable'],
  ])('%s', (text, expected) => {
    expect(purlOf(text)).toBe(expected)
  })

  it('begins with the name', () => {
    expect([nameOfReference('zlib/[>1]'), nameOfReference('zlib')]).toEqual(['zlib', undefined])
  })
})
