import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ZipMember, type ZipOptions, zipOf } from '../../test/helpers/zip-writer.ts'
import { Problem } from './errors.ts'
import { readEntry, viewOf, zipEntries } from './zip.ts'

const limits = { entries: 1000, directoryBytes: 100_000 }

function contentsOf(zip: Buffer): [name: string, content: string][] {
  const view = viewOf(zip)
  return [...zipEntries(view, limits)].map((entry) => [entry.name, readEntry(view, entry, 1000).toString()])
}

/** What the directory names, up to the first thing that is wrong. */
function failureOf(zip: Buffer, limitBytes = 1000): string {
  try {
    const view = viewOf(zip)
    for (const entry of zipEntries(view, limits)) readEntry(view, entry, limitBytes)
    return ''
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`
    throw error
  }
}

const two: readonly ZipMember[] = [
  { name: 'a', content: 'one' },
  { name: 'b/c', content: 'two', isStored: true },
]
const read = [
  ['a', 'one'],
  ['b/c', 'two'],
]

describe('a zip', () => {
  it.each<[string, ZipOptions]>([
    ['plain', {}],
    ['behind something else', { prefix: Buffer.from('#!/bin/sh\nexec java -jar "$0"\n') }],
    ['with a comment', { comment: 'made by hand PK\u0005\u0006' }],
    ['with 64-bit fields', { isZip64: true }],
    ['with 64-bit fields, behind something else', { isZip64: true, prefix: Buffer.alloc(100, 'x') }],
  ])('is read: %s', (_, options) => {
    expect(contentsOf(zipOf(two, options))).toEqual(read)
  })

  it('may have no entry', () => {
    expect(contentsOf(zipOf([]))).toEqual([])
  })

  it('may have sizes behind the content', () => {
    expect(contentsOf(zipOf(two.map((member) => ({ ...member, hasDescriptor: true }))))).toEqual(read)
  })

  it('means what its directory says, not what stands in front of the content', () => {
    expect(contentsOf(zipOf([{ name: 'a', localName: 'other', content: 'one' }]))).toEqual([['a', 'one']])
  })
})

describe('of a damaged zip is told', () => {
  const one = { name: 'a', content: 'one' }
  it.each<[string, Buffer, string]>([
    ['that it is none', Buffer.from('<html>'), 'malformed: it is no zip, or cut off'],
    ['that it is cut off', zipOf(two).subarray(0, -5), 'malformed: it is no zip, or cut off'],
    ['a smaller size', zipOf([{ ...one, claims: { size: 2 } }]), 'malformed: its content cannot be inflated'],
    [
      'a larger size',
      zipOf([{ ...one, claims: { size: 4 } }]),
      'malformed: its content is not what the directory of the zip says',
    ],
    [
      'another checksum',
      zipOf([{ ...one, claims: { crc32: 7 } }]),
      'malformed: its content is not what the directory of the zip says',
    ],
    ['encryption', zipOf([{ ...one, claims: { flags: 1 } }]), 'malformed: it is encrypted'],
    [
      'another compression',
      zipOf([{ ...one, claims: { method: 12 } }]),
      'malformed: it is compressed by method 12, which Java does not know',
    ],
    ['that entries overlap', zipOf([one, { name: 'b', sameAs: 0 }]), 'malformed: entries of the zip overlap'],
    [
      'too many entries',
      zipOf(Array.from({ length: 1001 }, (_, index) => ({ name: `${index}` }))),
      'limit_exceeded: a zip of more than 1000 entries',
    ],
    [
      'too long a directory',
      zipOf([{ name: 'a'.repeat(60_000) }, { name: 'b'.repeat(60_000) }]),
      'limit_exceeded: a zip whose directory is larger than 100000 bytes',
    ],
  ])('%s', (_, zip, failure) => {
    expect(failureOf(zip)).toBe(failure)
  })

  it('that it would inflate to too much', () => {
    expect(failureOf(zipOf([{ name: 'a', content: 'a'.repeat(2000) }]))).toBe(
      'limit_exceeded: it is larger than 1000 bytes',
    )
  })

  it('a row that is none, after the entries before it', () => {
    const zip = zipOf(two)
    zip.fill(0, zip.lastIndexOf('PK\u0001\u0002'), zip.lastIndexOf('PK\u0001\u0002') + 4)
    const names: string[] = []
    expect(() => {
      for (const { name } of zipEntries(viewOf(zip), limits)) names.push(name)
    }).toThrow('the directory of the zip is damaged at entry 2')
    expect(names).toEqual(['a'])
  })

  it('no more than a problem, wherever it is damaged', () => {
    const whole = zipOf(two, { isZip64: true, comment: 'c' })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const zip = Buffer.from(whole)
        zip.writeUInt8(value, at)
        failureOf(zip)
      }),
      { numRuns: 500 },
    )
  })
})
