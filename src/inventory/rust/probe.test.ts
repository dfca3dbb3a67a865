import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeNote, type Note } from './note.ts'
import { probeCrates } from './probe.ts'
import { mayStartObject } from './zlib-start.ts'

const head = Buffer.from('\x7fELF\x02\x01\x01'.padEnd(64, '\0'), 'latin1')
const list = JSON.stringify({ packages: [{ name: 'tide', version: '1.4.0', source: 'crates.io' }] })

describe('a place where compressed JSON may start', () => {
  it('is every zlib stream of an object, whoever compressed it', () => {
    const object = fc.dictionary(fc.string(), fc.string({ maxLength: 200 }), { minKeys: 1, maxKeys: 60 })
    fc.assert(
      fc.property(object, fc.integer({ min: 0, max: 9 }), (value, level) => {
        expect(mayStartObject(deflateSync(JSON.stringify(value), { level }), 0)).toBe(true)
      }),
    )
  })

  it('is hardly ever anything else', () => {
    let state = 1
    const bytes = Buffer.alloc(4 * 1024 ** 2)
    for (let at = 0; at < bytes.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bytes[at] = state >>> 24
    }
    expect(
      bytes
        .keys()
        .filter((at) => mayStartObject(bytes, at))
        .toArray().length,
    ).toBeLessThan(10)
  })
})

describe('a list of crates in a stream', () => {
  it('is found wherever the chunks are cut', () => {
    const file = Buffer.concat([head, Buffer.alloc(2000, 'x\x9c'), deflateSync(list), Buffer.alloc(500, 'x')])
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 20 }), (places) => {
        expect(noteOf(file, places)).toEqual({ lists: [list], reasons: [] })
      }),
    )
    expect(noteOf(file, file.keys().toArray())).toEqual({ lists: [list], reasons: [] })
  })

  it('may be in a WebAssembly module', () => {
    const module = Buffer.concat([Buffer.from('\0asm\x01\0\0\0\0\x48\x07.dep-v0'), deflateSync(list)])
    expect(noteOf(module)?.lists).toEqual([list])
  })

  it('may be long, but not endless', () => {
    const long = { packages: Array.from({ length: 100_000 }, (_, i) => ({ name: `crate-${i * i}`, version: '1.0.0' })) }
    const text = JSON.stringify(long)
    expect(noteOf(Buffer.concat([head, deflateSync(text)]))).toEqual({ lists: [text], reasons: [] })
    const endless = deflateSync(`{"packages":"${'x'.repeat(9 * 1024 ** 2)}"}`)
    expect(noteOf(Buffer.concat([head, endless]))?.reasons).toEqual(['the list of crates in it is too long'])
  })

  it('is reported when the file ends inside it', () => {
    const file = Buffer.concat([head, deflateSync(list)]).subarray(0, -10)
    expect(noteOf(file)).toEqual({ lists: [], reasons: ['the list of crates in it is cut off'] })
  })

  it('is kept once for every different program in the file', () => {
    const other = list.replace('tide', 'gauge')
    const file = Buffer.concat([head, ...[list, other, list].map((text) => deflateSync(text))])
    expect(noteOf(file)?.lists).toEqual([list, other])
  })

  it('is not kept without end', () => {
    const lists = Array.from({ length: 20 }, (_, i) => deflateSync(list.replace('1.4.0', `1.4.${i}`)))
    const note = noteOf(Buffer.concat([head, ...lists]))
    expect(note?.lists).toHaveLength(16)
    expect(note?.reasons).toEqual(['it holds more lists of crates than are read from one file'])
  })

  it.each([
    ['other JSON', Buffer.concat([head, deflateSync('{"name":"tide"}')])],
    ['nothing', head],
    ['a program that names the section', Buffer.concat([head, Buffer.from('looks for .dep-v0 in files')])],
  ])('is not in %s', (_, file) => {
    expect(noteOf(file)).toBeUndefined()
  })

  it.each([0, 3, 64, 70])('is reported when only its section is there, chunks cut at %i', (place) => {
    const file = Buffer.concat([head, Buffer.from('\0.text\0.dep-v0\0.data\0')])
    expect(noteOf(file, [place])?.reasons).toEqual([
      'it has a section .dep-v0 for a list of crates, and no list can be read in it',
    ])
  })

  it.each([
    ['what may start a stream', Buffer.from([0x78, 0x9c])],
    ['beginnings of other objects', deflateSync('{"name":1}')],
    ['beginnings of lists', deflateSync(`{"packages":["${'x'.repeat(200)}`).subarray(0, -6)],
    ['beginnings of large lists', deflateSync(`{"packages":["${'x'.repeat(100_000)}`).subarray(0, -6)],
  ])('takes linear time to look for in %s', (_, bytes) => {
    const file = Buffer.concat([head, Buffer.alloc(8 * 1024 ** 2, bytes)])
    const start = performance.now()
    expect(noteOf(file)?.lists ?? []).toEqual([])
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

function noteOf(file: Buffer, places: readonly number[] = []): Note | undefined {
  const probe = probeCrates(file.subarray(0, 64), file.length)
  const cuts = [0, ...places.toSorted((a, b) => a - b), file.length]
  for (const [i, start] of cuts.entries()) probe?.write(Buffer.from(file.subarray(start, cuts[i + 1] ?? start)))
  const kept = probe?.end()
  return kept === undefined ? undefined : decodeNote(kept.toString(), 'a test')
}
