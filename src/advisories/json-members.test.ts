import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonMembers } from './json-members.ts'

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function split(text: string, size = 7): Promise<string[]> {
  return Array.fromAsync(jsonMembers(pieces(text, size), 'a feed'))
}

describe('the members of a JSON object', () => {
  it('are the same as those of the whole, wherever the chunks break', async () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 })
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2),
        async (value, size, indent) => {
          const text = JSON.stringify(value, undefined, indent)
          const members = await split(text, size)
          expect(members.map((member) => Object.entries(JSON.parse(member))[0])).toEqual(
            Object.entries(JSON.parse(text)),
          )
        },
      ),
    )
  })

  it('come one by one, even when one of them is no JSON', async () => {
    expect(await split('{"a": 1, "b": oops, "c": {"d": "}"}}')).toEqual([
      '{"a": 1}',
      '{"b": oops}',
      '{"c": {"d": "}"}}',
    ])
  })

  it.each([
    ['a list', '[1]'],
    ['cut off', '{"a": {"b": 1}'],
    ['nothing', ''],
    ['two objects', '{"a": 1} {"b": 2}'],
    ['text after it', '{"a": 1} x'],
  ])('are refused of %s', async (_name, text) => {
    await expect(split(text)).rejects.toMatchObject({ code: 'malformed' })
  })
})
