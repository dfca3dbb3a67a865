import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { type Collected, collect } from '../../../test/helpers/stored-headers.ts'
import { readBerkeleyDb } from './berkeley-db.ts'

const folder = join(import.meta.dirname, 'fixtures/rpm-database')
const little = readFileSync(join(folder, 'berkeley-db/var/lib/rpm/Packages'))
const big = readFileSync(join(folder, 'berkeley-db-big-endian/usr/share/rpm/Packages'))
const pageSize = 4096
const types = Array.from({ length: little.length / pageSize }, (_, page) => little[page * pageSize + 25])
const hashPage = types.findIndex((type, page) => type === 13 && little.readUInt16LE(page * pageSize + 20) > 0)
const overflowPage = types.indexOf(7)

function read(bytes: Buffer): Collected {
  return collect(readBerkeleyDb(bytes))
}

function edited(edit: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(little)
  edit(copy)
  return copy
}

describe('reading a Berkeley DB hash table', () => {
  it('yields the same headers in both byte orders', () => {
    expect(read(little)).toMatchObject({ problems: [] })
    expect(read(little).blobs.length).toBe(9)
    expect(read(big).problems).toEqual([])
    expect(read(big).blobs.toSorted()).toEqual(read(little).blobs.toSorted())
  })

  it.each([
    ['another format', Buffer.alloc(8192), 'it is not a Berkeley DB hash table'],
    ['an empty file', Buffer.alloc(0), 'it is not a Berkeley DB hash table'],
    ['a b-tree', edited((bytes) => bytes.writeUInt32LE(0x05_31_62, 12)), 'it is not a Berkeley DB hash table'],
    ['an impossible page size', edited((bytes) => bytes.writeUInt32LE(0, 20)), 'its page size is impossible'],
    ['encrypted pages', edited((bytes) => bytes.writeUInt8(1, 24)), 'it is encrypted'],
  ])('refuses %s', (_, bytes, message) => {
    expect(read(bytes)).toMatchObject({ blobs: [], problems: [message] })
  })

  it('says which pages are missing from a file that is cut', () => {
    const { blobs, problems } = read(little.subarray(0, 3 * pageSize + 10))
    expect(blobs.length).toBeLessThan(9)
    expect(problems[0]).toBe('it is cut: page 3 to 14 are missing')
  })

  it('does not follow overflow pages in a circle', () => {
    const { blobs, problems } = read(edited((bytes) => bytes.writeUInt32LE(overflowPage, overflowPage * pageSize + 16)))
    expect(blobs.length).toBe(8)
    expect(problems[0]).toMatch(
      new RegExp(`^package \\d+ on page \\d+ continues on page ${overflowPage}, which is not its own$`),
    )
  })

  it('does not take a chain that is too short for a whole record', () => {
    const { blobs, problems } = read(edited((bytes) => bytes.writeUInt16LE(100, overflowPage * pageSize + 22)))
    expect(blobs.length).toBe(8)
    expect(problems[0]).toMatch(/^package \d+ on page \d+ has \d+ of \d+ bytes$/)
  })

  it('tells of overflow pages whose record is lost', () => {
    const { blobs, problems } = read(edited((bytes) => bytes.writeUInt8(0, hashPage * pageSize + 25)))
    expect(blobs.length).toBeLessThan(9)
    expect(problems).toContainEqual(expect.stringMatching(/^page \d+ belongs to no record$/))
    expect(problems).toContain(`page ${hashPage} of bucket ${hashPage - 1} is lost`)
    const left = 10 - little.readUInt16LE(hashPage * pageSize + 20) / 2
    expect(problems).toContain(`it has ${left} records where its header says 10`)
  })

  it('tells of a page that has lost items', () => {
    const items = little.readUInt16LE(hashPage * pageSize + 20)
    const { problems } = read(edited((bytes) => bytes.writeUInt16LE(items - 2, hashPage * pageSize + 20)))
    expect(problems[0]).toBe(`page ${hashPage} has bytes that belong to none of its items`)
    const emptied = read(
      edited((bytes) => {
        bytes.writeUInt16LE(0, hashPage * pageSize + 20)
        bytes.writeUInt16LE(pageSize, hashPage * pageSize + 22)
      }),
    )
    expect(emptied.problems.at(-1)).toMatch(/^it has \d records where its header says 10$/)
  })

  it('tells of a package that is there twice', () => {
    const key = little.readUInt16LE(hashPage * pageSize + 26)
    const next = little.readUInt16LE(hashPage * pageSize + 30)
    const { problems } = read(
      edited((bytes) =>
        bytes.copy(bytes, hashPage * pageSize + next, hashPage * pageSize + key, hashPage * pageSize + key + 5),
      ),
    )
    expect(problems[0]).toMatch(/^package \d+ on page \d+ is listed twice$/)
  })

  it('does not follow the pages of a bucket in a circle', () => {
    const { problems } = read(edited((bytes) => bytes.writeUInt32LE(hashPage, hashPage * pageSize + 16)))
    expect(problems).toEqual([`page ${hashPage} of bucket ${hashPage - 1} is lost`])
  })

  it.each([
    ['an odd number of items', 20, 3, /claims 3 items$/],
    ['more items than fit', 20, 60_000, /claims 60000 items$/],
    ['an item outside its place', 26, 65_535, /an item of page \d+ lies outside its place$/],
  ])('tells of a page with %s', (_, offset, value, message) => {
    const { problems } = read(edited((bytes) => bytes.writeUInt16LE(value, hashPage * pageSize + offset)))
    expect(problems[0]).toMatch(message)
  })

  it('tells of a page of an unknown type', () => {
    const { problems } = read(edited((bytes) => bytes.writeUInt8(99, overflowPage * pageSize + 25)))
    expect(problems).toContain(`page ${overflowPage} is of the unknown type 99`)
  })

  it.each([
    ['little-endian', little],
    ['big-endian', big],
  ])('survives any damage to a %s table, and never yields more than the file holds', (_, bytes) => {
    fc.assert(
      fc.property(edits, (changes) => {
        const copy = damaged(bytes, changes)
        expect(read(copy).size).toBeLessThanOrEqual(copy.length)
      }),
      { numRuns: 500 },
    )
  })
})
