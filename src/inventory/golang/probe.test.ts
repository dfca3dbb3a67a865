import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  elfWithPointers,
  inlineBlob,
  machOWithPointers,
  peWithPointers,
  varint,
} from '../../../test/helpers/go-blob.ts'
import { magic, modulesLimitBytes } from './buildinfo.ts'
import { decodeNote, type Note } from './note.ts'
import { probeExecutable } from './probe.ts'

const dynamicHead = Buffer.from('\x7fELF\x02\x01\x01'.padEnd(64, '\0'), 'latin1')
const edge = 'path\texample.org/edge\nmod\texample.org/edge\tv1.2.3\th1:a\ndep\texample.org/lib\tv0.4.0\th1:b\n'
const info = { toolchain: 'go1.22.5', modules: edge }

describe('which files are looked at', () => {
  it.each([
    ['ELF', '7f454c460201'],
    ['PE', '4d5a9000'],
    ['Mach-O, 64 bit', 'cffaedfe07000001'],
    ['Mach-O, 32 bit', 'cefaedfe07000000'],
    ['Mach-O, big endian', 'feedfacf01000007'],
    ['universal Mach-O', 'cafebabe00000002'],
    ['universal Mach-O, 64 bit', 'cafebabf00000002'],
  ])('%s', (_, hex) => {
    expect(probeExecutable(Buffer.from(hex, 'hex'), 1000)).toBeDefined()
  })

  it.each([
    ['a Java class', 'cafebabe00000041'],
    ['a script', Buffer.from('#!/bin/sh\n').toString('hex')],
    ['a short file', 'ca'],
    ['an empty file', ''],
  ])('not %s', (_, hex) => {
    expect(probeExecutable(Buffer.from(hex, 'hex'), 1000)).toBeUndefined()
  })
})

describe('build information in a stream', () => {
  it('is found wherever the chunks are cut', () => {
    const file = Buffer.concat([
      dynamicHead,
      Buffer.alloc(6000, '\xff Go'),
      Buffer.alloc(16 - ((64 + 6000) % 16)),
      inlineBlob(),
    ])
    const cuts = fc.array(fc.nat(file.length), { maxLength: 20 })
    fc.assert(
      fc.property(cuts, (places) => {
        expect(noteOf(file, { places })).toEqual({ infos: [info], reasons: [] })
      }),
    )
    expect(noteOf(file, { places: file.keys().toArray() })).toEqual({ infos: [info], reasons: [] })
  })

  it('is passed over where it stands at no multiple of 16', () => {
    expect(noteOf(Buffer.concat([dynamicHead, Buffer.alloc(8), inlineBlob(), Buffer.alloc(100)]))).toBeUndefined()
  })

  it('is found behind places that only look like it', () => {
    const lookAlikes = [
      Buffer.from('\xff Go buildinf:\x08\x02 and other constants of a program', 'latin1'),
      Buffer.from('\xff Go buildinf:%d bytes of a message, with more to come', 'latin1'),
      Buffer.concat([inlineBlob().subarray(0, 32), varint(12), Buffer.from('not-a-version')]),
      Buffer.concat([inlineBlob().subarray(0, 32), varint(2 ** 34)]),
      Buffer.concat([
        inlineBlob().subarray(0, 32),
        varint(8),
        Buffer.from('go1.22.5'),
        varint(5),
        Buffer.from('short'),
      ]),
      Buffer.concat([magic, magic, magic]),
    ].map((bytes) => Buffer.concat([bytes, Buffer.alloc(128 - bytes.length)]))
    expect(noteOf(Buffer.concat([dynamicHead, ...lookAlikes]))).toBeUndefined()
    expect(noteOf(Buffer.concat([dynamicHead, ...lookAlikes, inlineBlob()]))).toEqual({ infos: [info], reasons: [] })
  })

  it('is kept once for every different program in the file', () => {
    const blobs = [inlineBlob(), inlineBlob({ toolchain: 'go1.23.1' }), inlineBlob()].map(padded)
    expect(noteOf(Buffer.concat([dynamicHead, ...blobs]))?.infos.map(({ toolchain }) => toolchain)).toEqual([
      'go1.22.5',
      'go1.23.1',
    ])
  })

  it('is not kept without end', () => {
    const blobs = Array.from({ length: 40 }, (_, i) => padded(inlineBlob({ toolchain: `go1.${i}` })))
    const note = noteOf(Buffer.concat([dynamicHead, ...blobs]))
    expect(note?.infos).toHaveLength(16)
    expect(note?.reasons).toEqual(['it holds more Go programs than are read from one file'])
  })

  it('may have a long module list, but no endless one', () => {
    const modules = 'dep\texample.org/lib\tv0.4.0\th1:b\n'.repeat(60_000)
    const whole = noteOf(Buffer.concat([dynamicHead, inlineBlob({ modules })]))
    expect(whole?.infos[0]?.modules).toBe(modules)
    const endless = noteOf(Buffer.concat([dynamicHead, inlineBlob({ modules: 'x'.repeat(modulesLimitBytes) })]))
    expect(endless).toEqual({ infos: [], reasons: ['the module list of go1.22.5 is too long'] })
  })

  it('is reported when the file ends inside it, and what stands there all the same is read', () => {
    const cut = Buffer.concat([inlineBlob().subarray(0, 32), varint(8), Buffer.from('go1.21.1'), varint(100_000)])
    const file = Buffer.concat([dynamicHead, padded(cut), inlineBlob()])
    expect(noteOf(file)).toEqual({ infos: [info], reasons: ['the file ends inside the module list of go1.21.1'] })
  })

  it.each([
    ['the magic again and again', magic],
    ['candidates that claim two megabytes each', claim()],
  ])('takes linear time for %s', (_, bytes) => {
    const file = Buffer.concat([dynamicHead, Buffer.alloc(24 * 1024 ** 2, bytes)])
    const start = performance.now()
    expect(noteOf(file)?.infos ?? []).toEqual([])
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('build information of Go before 1.18', () => {
  it.each([
    ['64 bit', {}],
    ['32 bit', { wordBytes: 4 }],
    ['64 bit, big endian', { isBigEndian: true }],
    ['32 bit, big endian', { wordBytes: 4, isBigEndian: true }],
  ] as const)('is followed through an ELF file of %s', (_, options) => {
    expect(noteOf(elfWithPointers(options))).toEqual({ infos: [{ ...info, toolchain: 'go1.16.15' }], reasons: [] })
  })

  it.each([
    ['PE, 64 bit', peWithPointers({})],
    ['PE, 32 bit', peWithPointers({ wordBytes: 4 })],
    ['Mach-O, 64 bit', machOWithPointers({})],
    ['Mach-O, 32 bit', machOWithPointers({ wordBytes: 4 })],
    ['Mach-O, 64 bit, big endian', machOWithPointers({ isBigEndian: true })],
  ])('is followed through %s', (_, file) => {
    expect(noteOf(file)).toEqual({ infos: [{ ...info, toolchain: 'go1.16.15' }], reasons: [] })
  })

  it('may lack a module list', () => {
    expect(noteOf(elfWithPointers({ modules: '' }))?.infos).toEqual([{ toolchain: 'go1.16.15', modules: '' }])
  })

  it('is no such thing when the addresses are in no segment', () => {
    expect(noteOf(elfWithPointers({ modulesAddress: 0x12345678 }))).toBeUndefined()
  })

  it('is reported when the texts are not where it points', () => {
    expect(noteOf(elfWithPointers({ toolchain: 'no toolchain' }))?.reasons).toEqual([
      'built by Go before 1.18, and its build information points outside the file',
    ])
  })

  it('is reported for a file that is too large to keep', () => {
    const file = elfWithPointers()
    expect(noteOf(file, { sizeBytes: 65 * 1024 ** 2 })?.reasons).toEqual([
      'built by Go before 1.18, whose module list is read from files of one program up to 64 MiB only',
    ])
  })

  it('is passed over when the program has newer build information', () => {
    const file = Buffer.concat([elfWithPointers(), inlineBlob()])
    expect(noteOf(file)).toEqual({ infos: [info], reasons: [] })
  })

  it('survives a file that is longer or shorter than was said', () => {
    const file = elfWithPointers()
    expect(noteOf(file, { sizeBytes: 100 })?.reasons).toHaveLength(1)
    expect(noteOf(file, { sizeBytes: 2 * file.length })?.infos).toHaveLength(1)
    expect(noteOf(file.subarray(0, 200))).toBeUndefined()
  })
})

/** A toolchain, and a module list that is as long as it may be and lacks its marks. */
function claim(): Buffer {
  const bytes = Buffer.concat([inlineBlob().subarray(0, 32), varint(3), Buffer.from('go1'), varint(modulesLimitBytes)])
  return Buffer.concat([bytes, Buffer.alloc(48 - bytes.length)])
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(16 - (bytes.length % 16))])
}

interface Reading {
  /** Where chunks are cut. */
  readonly places?: readonly number[]
  readonly sizeBytes?: number
}

function noteOf(file: Buffer, { places = [], sizeBytes = file.length }: Reading = {}): Note | undefined {
  const probe = probeExecutable(file.subarray(0, 64), sizeBytes)
  const cuts = [0, ...places.toSorted((a, b) => a - b), file.length]
  for (const [i, start] of cuts.entries()) probe?.write(Buffer.from(file.subarray(start, cuts[i + 1] ?? start)))
  const kept = probe?.end()
  return kept === undefined ? undefined : decodeNote(kept.toString(), 'a test')
}
