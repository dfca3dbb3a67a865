import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { header, i18nString, int32, number, string, stringArray, text } from '../../../test/helpers/rpm-header.ts'
import { readHeader } from './rpm-header.ts'

const nvr = [text(1000, 'openssl'), text(1001, '3.0.7'), text(1002, '27.el9')]

function edited(bytes: Buffer, edit: (bytes: Buffer) => void): Buffer {
  edit(bytes)
  return bytes
}

describe('reading a package header', () => {
  it('reads what identifies a package', () => {
    const blob = header([
      ...nvr,
      number(1003, 1),
      text(1011, 'Example Linux'),
      text(1022, 'x86_64'),
      text(1044, 'openssl-3.0.7-27.el9.src.rpm'),
      text(5096, 'tls:3:1:c'),
      { tag: 1009, type: int32, data: Buffer.alloc(8), count: 2 },
    ])
    expect(readHeader(blob)).toEqual({
      name: 'openssl',
      version: '3.0.7',
      release: '27.el9',
      epoch: 1,
      architecture: 'x86_64',
      sourceRpm: 'openssl-3.0.7-27.el9.src.rpm',
      vendor: 'Example Linux',
      modularityLabel: 'tls:3:1:c',
    })
  })

  it('leaves out what is absent, empty or “(none)”', () => {
    const { epoch, architecture, sourceRpm, vendor, modularityLabel } = readHeader(
      header([...nvr, text(1011, ''), text(5096, '(none)')]),
    )
    expect([epoch, architecture, sourceRpm, vendor, modularityLabel]).toEqual(Array.from({ length: 5 }))
  })

  it('takes the largest epoch for what it is, not for a negative number', () => {
    expect(readHeader(header([...nvr, number(1003, 0xff_ff_ff_ff)])).epoch).toBe(4_294_967_295)
  })

  it.each([
    ['a list', stringArray],
    ['translations', i18nString],
  ])('takes the first text of %s', (_, type) => {
    expect(readHeader(header([...nvr, text(1011, 'first\0second', type)])).vendor).toBe('first')
  })

  it('lets an entry that was added on installation win over the one in the signed region', () => {
    expect(readHeader(header([...nvr, text(1011, 'inside'), text(1011, 'added')])).vendor).toBe('added')
  })

  it.each([
    ['is empty', Buffer.alloc(0), 'its header is cut'],
    ['has no name', header(nvr.slice(1)), 'its header has no name'],
    ['has no version', header([...nvr.slice(0, 1), ...nvr.slice(2)]), 'its header has no version'],
    ['has no release', header(nvr.slice(0, 2)), 'its header has no release'],
    ['is cut', header(nvr).subarray(0, -1), 'its header has an impossible length'],
    [
      'claims 4,294,967,295 entries',
      edited(header(nvr), (bytes) => bytes.writeUInt32BE(0xff_ff_ff_ff, 0)),
      'its header has an impossible length',
    ],
    [
      'has an entry outside its data',
      edited(header(nvr), (bytes) => bytes.writeUInt32BE(5000, 16)),
      'entry 0 (tag 1000) of its header lies outside the data',
    ],
    [
      'has an entry of more values than fit',
      edited(header(nvr), (bytes) => bytes.writeUInt32BE(5000, 20)),
      'entry 0 (tag 1000) of its header lies outside the data',
    ],
    [
      'has an entry of an unknown type',
      edited(header(nvr), (bytes) => bytes.writeUInt32BE(10, 12)),
      'entry 0 (tag 1000) of its header lies outside the data',
    ],
    [
      'has a number for a name',
      header([number(1000, 7), ...nvr.slice(1)]),
      'its header has a number where a text belongs',
    ],
    ['has a text for an epoch', header([...nvr, text(1003, 'one')]), 'its epoch is not a number'],
    [
      'has a text without an end',
      header([...nvr, { tag: 1011, type: string, data: Buffer.from('open') }]),
      'its header has a text without an end',
    ],
    [
      'has a name of a megabyte',
      header([text(1000, 'a'.repeat(1 << 20)), ...nvr.slice(1)]),
      'its header has a text without an end',
    ],
  ])('refuses a header that %s', (_, blob, message) => {
    expect(() => readHeader(blob)).toThrow(expect.objectContaining({ code: 'malformed', message }))
  })

  it('survives any damage', () => {
    const blob = header([
      ...nvr,
      number(1003, 1),
      text(1011, 'Example Linux'),
      text(1022, 'x86_64'),
      text(5096, 'a:b:c:d'),
    ])
    fc.assert(
      fc.property(edits, (changes) => {
        try {
          expect(readHeader(damaged(blob, changes)).name).not.toBe('')
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed' })
        }
      }),
      { numRuns: 1000 },
    )
  })
})
