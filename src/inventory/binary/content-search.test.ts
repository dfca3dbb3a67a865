import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ContentSearch } from './content-search.ts'
import { alone, amongData, type Evidence, followedBy, precededBy } from './evidence.ts'

const server = followedBy('server version: ')
const mark = precededBy('\0by mark')

describe('the search for evidence', () => {
  it.each<[string, Evidence, string, readonly string[]]>([
    ['behind a text', server, 'server version: 1.22.1\0', ['1.22.1']],
    ['at the very end', server, 'x server version: 1.22.1', ['1.22.1']],
    ['of a candidate', server, 'server version: 17.0.0-rc1\n', ['17.0.0-rc1']],
    ['not where a word goes on', server, 'server version: 1.22.1x', []],
    ['not where it is no number', server, 'server version: unknown', []],
    ['before a text', mark, '\x002.0.11\0by mark\0', ['2.0.11']],
    ['before a text, where the file starts with it', mark, '2.0.11\0by mark\0', ['2.0.11']],
    ['not before a text where it is the end of something', mark, '\0libc-2.0.11\0by mark', []],
    ['as a text of its own', alone('3.'), '\x003.40.1\0', ['3.40.1']],
    ['not as the end of a text', alone('3.'), '\0lib3.40.1\0', []],
    ['not as the start of a text', alone('3.'), '\x003.40.1-x\0', []],
    ['among data', amongData('1.', String.raw`\d\.\d`), '\xff1.5.4\0', ['1.5.4']],
    ['not among text', amongData('1.', String.raw`\d\.\d`), 'v1.5.4\0', []],
    [
      'as often as it differs',
      server,
      'server version: 1.0.1 server version: 1.0.2 server version: 1.0.1',
      ['1.0.1', '1.0.2'],
    ],
  ])('finds a version %s', (_, evidence, text, versions) => {
    expect(searched(text, [evidence])).toEqual([versions])
  })

  it('finds the same wherever the chunks are cut', () => {
    const filler = fc.string({ unit: fc.constantFrom('\0', 's', '1', '.', 'x'), maxLength: 700 })
    const pieces = fc.array(fc.oneof(filler, fc.constantFrom('server version: 1.22.1\0', '\x002.0.11\0by mark\0')))
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1 }), (parts, sizes) => {
        const text = parts.join('')
        expect(searched(text, [server, mark], sizes)).toEqual(searched(text, [server, mark]))
      }),
    )
  })

  it('tells the same of a cut file as of a whole one: no version is cut short', () => {
    const text = `${'x'.repeat(600)}server version: 1.22.1\0${'y'.repeat(600)}`
    for (let size = 1; size < text.length; size++) expect(searched(text, [server], [size])).toEqual([['1.22.1']])
  })

  it('gives up on a file that is made of the literal, in time', () => {
    const started = performance.now()
    const search = new ContentSearch([server])
    const chunk = Buffer.from('server version: '.repeat(16_384))
    for (let count = 0; count < 200; count++) search.write(chunk)
    expect(search.end()).toEqual([{ evidence: server, versions: [] }])
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

function searched(text: string, evidence: readonly Evidence[], sizes: readonly number[] = [text.length]) {
  const bytes = Buffer.from(text, 'latin1')
  const search = new ContentSearch(evidence)
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    search.write(bytes.subarray(at, at + size))
    at += size
  }
  return search.end().map(({ versions }) => versions)
}
