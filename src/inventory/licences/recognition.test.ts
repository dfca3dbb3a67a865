import { readFileSync } from 'node:fs'
import listed from 'spdx-license-list/full.js'
import { describe, expect, test } from 'vitest'
import { builtFiles } from '../../../tools/build-licence-index.ts'
import { readIndex } from './licence-index.ts'
import { leastLikeness, Recogniser } from './recognition.ts'

const texts = readIndex().map(({ ids }) => ({ ids, text: listed[ids[0] ?? '']?.licenseText ?? '' }))
const recogniser = new Recogniser()

/** The same numbers each time (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What people do to licence texts: none of it changes the licence. */
const damages: Readonly<Record<string, (text: string, random: () => number) => string>> = {
  'other line breaks': (text, random) => text.replaceAll(/\s+/g, () => (random() < 0.1 ? '\n' : ' ')),
  'comment marks': (text) => text.replaceAll(/^/gm, ' * '),
  'a copyright line and words before it': (text) =>
    `Harbour Pilot\n=============\n\nCopyright (c) 2019-2024 The Harbour Authors. All rights reserved.\n\n${text}`,
  'a filled-in template': (text) =>
    text.replaceAll(/<[^<>\n]{1,60}>|\$\{[^}\n]{1,40}\}|\[(?:yyyy|name of copyright owner)\]/g, 'Harbour Pilot Ltd'),
  'no first lines': (text) =>
    text
      .split('\n')
      .slice(text.length > 1500 ? 3 : 0)
      .join('\n'),
  'one word in a hundred changed': (text, random) =>
    text.replaceAll(/\S+/g, (word) => (random() < 0.01 ? 'harbour' : word)),
  capitals: (text) => text.toUpperCase(),
}

describe('the licence index', () => {
  test('is what the tool builds from the SPDX list', () => {
    for (const [path, bytes] of builtFiles()) expect(Buffer.compare(readFileSync(path), bytes), path).toBe(0)
  })

  test('stays small', () => {
    const [[, index] = []] = builtFiles()
    expect(index?.length).toBeLessThan(1_500_000)
  })
})

describe('a licence text', () => {
  test('is recognised as itself and nothing else', () => {
    const wrong = texts.filter(({ ids, text }) => {
      const found = recogniser.recognise(text)
      return found.length !== 1 || !ids.includes(found[0]?.id ?? '')
    })
    expect(wrong.map(({ ids }) => ids)).toEqual([])
  })

  test.each(Object.entries(damages))('is recognised with %s', (name, damage) => {
    const random = dice(name.length)
    const sample = texts.filter((_, at) => at % 3 === 0)
    const found = sample.map(({ ids, text }) => ({ ids, id: recogniser.recognise(damage(text, random))[0]?.id }))
    const right = found.filter(({ ids, id }) => id !== undefined && ids.includes(id)).length
    expect(right / sample.length).toBeGreaterThan(0.97)
  })

  test('is not recognised once a third of its words are others', () => {
    const random = dice(1)
    const other = texts.filter(({ text }) => {
      const damaged = text.replaceAll(/\S+/g, (word) =>
        random() < 0.33 ? `harbour${Math.floor(random() * 1000)}` : word,
      )
      return recogniser.recognise(damaged).length > 0
    })
    // Net-SNMP says each of its clauses seven times.
    expect(other.map(({ ids }) => ids)).toEqual([['Net-SNMP']])
  })

  test('is found beside others in one file', () => {
    const ids = ['Apache-2.0', 'MIT', 'BSD-3-Clause', 'GPL-2.0-only']
    const text = ids.map((id) => listed[id]?.licenseText).join('\n\n----\n\n')
    expect(
      recogniser
        .recognise(text)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted())
  })

  test.each([
    ['Apache-2.0', (text: string) => text.slice(0, text.indexOf('APPENDIX'))],
    ['ISC', (text: string) => text.replaceAll(/ISC|INTERNET SYSTEMS CONSORTIUM/g, 'THE AUTHOR')],
    ['BSD-3-Clause', (text: string) => text.replace('the copyright holder', 'Harbour Pilot Ltd')],
    ['MIT', (text: string) => text.slice(text.indexOf('Permission'))],
  ])('of %s is not taken for a licence that was made from it', (id, damage) => {
    const [found] = recogniser.recognise(damage(listed[id]?.licenseText ?? ''))
    expect(found?.id).toBe(id)
  })

  test('is none in ordinary prose', () => {
    const words = 'This software is provided by the harbour, and permission to use it is granted in the readme. '
    expect(recogniser.recognise(words.repeat(100))).toEqual([])
    expect(recogniser.recognise('')).toEqual([])
  })

  test('says how much of it is there', () => {
    const [found] = recogniser.recognise(listed['MIT']?.licenseText ?? '')
    expect(found).toEqual({ id: 'MIT', likeness: 1 })
    expect(leastLikeness).toBe(0.8)
  })
})
