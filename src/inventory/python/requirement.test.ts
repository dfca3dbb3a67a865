import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fileHashes, parseRequirement, pinnedVersion, requiredNames, versionOfArchive } from './requirement.ts'

it.each([
  ['==1.0', '1.0'],
  ['== 1!2.0+local', '1!2.0+local'],
  ['===2020-odd', '2020-odd'],
  ['(==1.0)', '1.0'],
  ['==1.*', undefined],
  ['>=1.0', undefined],
  ['==1.0,<2', undefined],
  ['==1.0 ==1.1', undefined],
  ['~=1.0', undefined],
])('“%s” pins %s', (range, version) => {
  expect(pinnedVersion(range)).toBe(version)
})

it.each([
  ['https://example.com/Zope.Interface-6.0-cp311-cp311-linux_x86_64.whl#sha256=0', 'zope-interface', '6.0'],
  ['https://example.com/a_b-1.0-1-py3-none-any.whl', 'a-b', '1.0'],
  ['https://example.com/a-1.0%2Blocal-py3-none-any.whl', 'a', '1.0+local'],
  ['https://example.com/other-1.0-py3-none-any.whl', 'a', undefined],
  ['./dist/a-b-1.0.post1.tar.gz?x=1', 'a.b', '1.0.post1'],
  ['https://example.com/archive/main.zip', 'main', undefined],
  ['https://example.com/a-main.zip', 'a', undefined],
])('the address %s of %s says version %s', (address, name, version) => {
  expect(versionOfArchive(address, name)).toBe(version)
})

it('takes a specifier apart as it was put together', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,10}[A-Za-z0-9])?$/)
  const version = fc.stringMatching(/^[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:\.post1|rc1|\+local)?$/)
  const marker = fc.constantFrom('', 'python_version < "3.8"', "extra == 'x'")
  const extras = fc.constantFrom('', '[a]', '[a, b.c]')
  fc.assert(
    fc.property(name, version, marker, extras, (...parts) => {
      const text = `${parts[0]}${parts[3]} == ${parts[1]}${parts[2] === '' ? '' : ` ; ${parts[2]}`}`
      const expected = { name: parts[0], version: parts[1], address: undefined, marker: parts[2] }
      expect(parseRequirement(text)).toEqual(expected)
    }),
  )
})

it('invents no name, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(text).toContain(parseRequirement(text)?.name ?? '')
    }),
  )
})

it('names what is needed without extras, once', () => {
  const lines = ['A>=1', 'b ; extra == "x"', 'A<2 ; python_version < "3"', 'c[d] (==1)', '?']
  expect(requiredNames(lines)).toEqual(['A', 'c'])
  expect(requiredNames(['b; extra=="x"'])).toBeUndefined()
})

it('takes hashes of the right length only', () => {
  const md5 = '00112233445566778899aabbccddeeff'
  expect(fileHashes([`md5:${md5.toUpperCase()}`, `md5=${md5}`, `sha256:${md5}`, undefined, 'md5:'])).toEqual([
    { algorithm: 'md5', value: md5 },
    { algorithm: 'md5', value: md5 },
  ])
})
