import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { type Collected, collect } from '../../../test/helpers/stored-headers.ts'
import { readNdb } from './ndb.ts'

const fixture = readFileSync(join(import.meta.dirname, 'fixtures/rpm-database/ndb/usr/lib/sysimage/rpm/Packages.db'))
/** Byte of the first slot, and of the blob it points to. */
const slot = 32
const blob = 4096

function read(bytes: Buffer): Collected {
  return collect(readNdb(bytes))
}

function edited(edit: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(fixture)
  edit(copy)
  return copy
}

describe('reading an rpm ndb database', () => {
  it('yields the blob of every slot in use', () => {
    const records = [...readNdb(fixture)].flatMap((record) =>
      record instanceof Error ? record.message : (record?.where ?? []),
    )
    expect(records.slice(0, 2)).toEqual(['package 1 at byte 4096', 'package 2 at byte 5504'])
    expect(records.length).toBe(9)
  })

  it.each([
    ['another format', Buffer.alloc(8192), 0, ['it is not an rpm ndb database']],
    ['an unknown version', edited((bytes) => bytes.writeUInt32LE(7, 4)), 0, ['its version 7 is not known']],
    ['no slot pages', edited((bytes) => bytes.writeUInt32LE(0, 12)), 0, ['it has no slot pages']],
    ['a slot that is none', edited((bytes) => bytes.writeUInt32LE(1, slot)), 8, ['page 0 has no slot at byte 32']],
    [
      'a slot that points outside the file',
      edited((bytes) => bytes.writeUInt32LE(0xff_ff_ff_ff, slot + 8)),
      8,
      ['a slot of page 0 points outside the file, to bytes 68719476720 to 68719478128'],
    ],
    [
      'a slot that points into the slots',
      edited((bytes) => bytes.writeUInt32LE(0, slot + 8)),
      8,
      ['a slot of page 0 points outside the file, to bytes 0 to 1408'],
    ],
    [
      'a blob of another package',
      edited((bytes) => bytes.writeUInt32LE(5, blob + 4)),
      8,
      ['package 1 at byte 4096 is damaged'],
    ],
    [
      'an absurd length',
      edited((bytes) => bytes.writeUInt32LE(0xff_ff_ff_f0, blob + 12)),
      8,
      ['package 1 at byte 4096 is damaged'],
    ],
    [
      'a changed byte',
      edited((bytes) => bytes.writeUInt8(0x55, blob + 500)),
      8,
      ['package 1 at byte 4096 fails its checksum'],
    ],
    [
      'a blob whose slot is lost',
      edited((bytes) => bytes.writeUInt32LE(0, slot + 4)),
      8,
      [expect.stringMatching(/^\d+ bytes from 4096 on belong to no package$/)],
    ],
    [
      'a lost blob without its mark',
      edited((bytes) => {
        bytes.writeUInt32LE(0, slot + 4)
        bytes.writeUInt32LE(0, blob)
      }),
      8,
      [expect.stringMatching(/^\d+ bytes from 4096 on belong to no package$/)],
    ],
    [
      'a package twice',
      edited((bytes) => bytes.copy(bytes, slot + 16, slot, slot + 16)),
      8,
      ['package 1 at byte 4096 is listed twice'],
    ],
  ])('tells of %s', (_, bytes, found, problems) => {
    expect(read(bytes)).toMatchObject({ found, problems })
  })

  it('tells of slot pages that the header does not count', () => {
    const bytes = withSecondSlotPage()
    expect(read(bytes)).toMatchObject({ found: 9, problems: [] })
    bytes.writeUInt32LE(1, 12)
    expect(read(bytes)).toMatchObject({
      found: 8,
      problems: [expect.stringMatching(/^5\d+ bytes from 4096 on belong to no package$/)],
    })
  })

  it('says what is missing from a file that is cut', () => {
    expect(read(fixture.subarray(0, fixture.length - 1))).toMatchObject({
      found: 8,
      problems: [expect.stringMatching(/outside the file/)],
    })
    const inSlots = edited((bytes) => bytes.writeUInt32LE(9, 12)).subarray(0, 4096 * 2)
    expect(read(inSlots).problems[0]).toBe('it ends at byte 8192, inside its slot pages')
  })

  it('does not read the same bytes as many packages', () => {
    const { size, problems } = read(nestedBlobs(200, 3200))
    expect(problems).toEqual(['its blobs overlap'])
    expect(size).toBeLessThan(4096 + 2 * (200 * 16 + 3200))
  })

  it('survives any damage, and never yields more than the file holds', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        const copy = damaged(fixture, changes)
        expect(read(copy).size).toBeLessThanOrEqual(copy.length)
      }),
      { numRuns: 500 },
    )
  })
})

/** The same database with its last package in a second page of slots. */
function withSecondSlotPage(): Buffer {
  const slots = Array.from({ length: 254 }, (_, index) => fixture.subarray(slot + 16 * index, slot + 16 * (index + 1)))
  const moved = slots.map((bytes) => {
    const copy = Buffer.from(bytes)
    if (copy.readUInt32LE(4) !== 0) copy.writeUInt32LE(copy.readUInt32LE(8) + 4096 / 16, 8)
    return copy
  })
  const last = moved.findLastIndex((bytes) => bytes.readUInt32LE(4) !== 0)
  const free = Buffer.from('Slot'.padEnd(16, '\0'), 'latin1')
  const second = [moved[last] ?? free, ...Array.from({ length: 255 }, () => free)]
  const bytes = Buffer.concat([fixture.subarray(0, slot), ...moved.with(last, free), ...second, fixture.subarray(blob)])
  bytes.writeUInt32LE(2, 12)
  return bytes
}

/** Blobs that each start and end 16 bytes after the one before, all with a right checksum. */
function nestedBlobs(count: number, length: number): Buffer {
  const whole = 16 + length + 12 + 4
  const bytes = Buffer.alloc(4096 + count * 16 + whole)
  bytes.write('RpmP', 0, 'latin1')
  bytes.writeUInt32LE(1, 12)
  for (let index = 0; index < count; index++) {
    const start = 4096 + index * 16
    bytes.write('Slot', 32 + index * 16, 'latin1')
    bytes.writeUInt32LE(index + 1, 36 + index * 16)
    bytes.writeUInt32LE(start / 16, 40 + index * 16)
    bytes.writeUInt32LE(whole / 16, 44 + index * 16)
    bytes.write('BlbS', start, 'latin1')
    bytes.writeUInt32LE(index + 1, start + 4)
    bytes.writeUInt32LE(length, start + 12)
  }
  for (let index = 0; index < count; index++) {
    const start = 4096 + index * 16
    const tail = start + whole - 12
    bytes.writeUInt32LE(adler32(bytes.subarray(start, tail)), tail)
    bytes.writeUInt32LE(length, tail + 4)
    bytes.write('BlbE', tail + 8, 'latin1')
  }
  return bytes
}

function adler32(bytes: Buffer): number {
  let [low, high] = [1, 0]
  for (const byte of bytes) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}
