import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ElfShape, elfFile } from '../../../test/helpers/elf-file.ts'
import { LinkageReader } from './linkage.ts'

const loader = '/lib64/ld-linux-x86-64.so.2'
const buildId = '664f9566cb5ca662003e8c8ae228d95c5ffb5ae1'
const pie = 0x08000001

describe('the linkage of an ELF file', () => {
  it.each<[string, ElfShape, object]>([
    [
      'a program that is loaded with libraries',
      { type: 2, interpreter: loader, needed: ['libssl.so.3', 'libc.so.6'], buildId },
      { kind: 'executable', isStatic: false, interpreter: loader, needed: ['libssl.so.3', 'libc.so.6'], buildId },
    ],
    [
      'one that may be loaded anywhere',
      { interpreter: loader, needed: ['libc.so.6'], flags1: pie },
      { kind: 'executable', isStatic: false, needed: ['libc.so.6'] },
    ],
    ['a static program', { type: 2 }, { kind: 'executable', isStatic: true, needed: [], buildId: undefined }],
    ['a static one that may be loaded anywhere', { flags1: pie }, { kind: 'executable', isStatic: true, needed: [] }],
    [
      'a library',
      { needed: ['libc.so.6'], soname: 'libcrypto.so.3' },
      { kind: 'library', isStatic: false, soname: 'libcrypto.so.3', needed: ['libc.so.6'] },
    ],
    [
      'a library that can be run',
      { interpreter: loader, needed: [], soname: 'libc.so.6' },
      { kind: 'library', soname: 'libc.so.6', isStatic: false },
    ],
    ['a plug-in without a name', { needed: ['libc.so.6'] }, { kind: 'library', soname: undefined, isStatic: false }],
  ])('%s', (_, shape, expected) => {
    expect(linkageOf(elfFile(shape))).toMatchObject(expected)
  })

  it.each([2, 3])('is told of no file but programs and libraries (type %i is one)', (type) => {
    expect(linkageOf(elfFile({ type }))).toBeDefined()
    for (const other of [0, 1, 4, 0xfe00]) expect(linkageOf(elfFile({ type: other }))).toBeUndefined()
  })

  it('is the same however the file is cut, laid out and encoded', () => {
    const name = fc.stringMatching(/^lib[a-z]{1,12}\.so\.\d$/)
    const shapes = fc.record({
      wordBytes: fc.constantFrom(4 as const, 8 as const),
      isBigEndian: fc.boolean(),
      strings: fc.constantFrom('front' as const, 'back' as const),
      codeBytes: fc.constantFrom(0, 7, 3000, 20_000),
      needed: fc.uniqueArray(name, { maxLength: 6 }),
      soname: name.map((text) => `${text}.1`),
      buildId: fc.constant(buildId),
    })
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 9000 }), (shape, pieceBytes) => {
        const { needed, soname } = shape
        expect(linkageOf(elfFile(shape), pieceBytes)).toMatchObject({ needed, soname, buildId, kind: 'library' })
      }),
    )
  })

  it('has no names where they cannot be read, and then none rather than some', () => {
    const file = elfFile({ needed: ['libssl.so.3', 'libc.so.6'] })
    file.write('\x01\x02', file.indexOf('libc.so.6') + 3, 'latin1')
    expect(linkageOf(file)).toMatchObject({ kind: 'library', needed: undefined, isStatic: false })
  })

  it('survives damage', () => {
    const whole = elfFile({ interpreter: loader, needed: ['libc.so.6'], buildId })
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), fc.nat(whole.length), (changes, end) => {
        const file = Buffer.from(whole.subarray(0, end))
        for (const [at, byte] of changes) if (at < end) file[at] = byte
        const linkage = linkageOf(file, 512)
        expect(linkage?.needed?.length ?? 0).toBeLessThanOrEqual(200)
      }),
      { numRuns: 300 },
    )
  })
})

function linkageOf(file: Buffer, pieceBytes = file.length) {
  const reader = new LinkageReader()
  for (let at = 0; at < file.length; at += pieceBytes) reader.write(file.subarray(at, at + pieceBytes))
  return reader.end()
}
