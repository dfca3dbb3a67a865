import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, layOut } from './columns.ts'

const columns: Column[] = [
  { title: 'NAME', shrinks: true },
  { title: 'COUNT', align: 'right' },
  { title: 'NOTE', shrinks: true },
]

function row(...texts: string[]) {
  return texts.map((text) => ({ text }))
}

describe('a laid out table', () => {
  it('aligns its columns, numbers to the right, and has no blanks at the ends', () => {
    expect(layOut(columns, [row('short', '7', 'a'), row('much longer', '1234', '')], 80)).toEqual([
      '  NAME         COUNT  NOTE',
      '  short            7  a',
      '  much longer   1234',
    ])
  })

  it('shortens the widest column that may be shortened, and says so with an ellipsis', () => {
    const lines = layOut(columns, [row('x'.repeat(60), '12', 'y'.repeat(20))], 50)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50)
    expect(lines[1]).toMatch(/^ {2}x+… +12 {2}y+…?$/)
  })

  it('paints after it has measured', () => {
    const paint = (text: string) => `<${text}>`
    const lines = layOut(
      columns,
      [[{ text: 'a', paint }, { text: '1', paint }, { text: 'n' }], row('longer', '22', 'n')],
      80,
    )
    expect(lines[1]).toBe('  <a>           <1>  n')
    expect(lines[2]).toBe('  longer     22  n')
  })

  it('fits into any width that leaves a little room for each column, whatever is in it', () => {
    const text = fc.string({ maxLength: 120, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.nat(99_999), text), { maxLength: 20 }),
        fc.integer({ min: 45, max: 200 }),
        (rows, width) => {
          const lines = layOut(
            columns,
            rows.map(([name, count, note]) => row(name, String(count), note)),
            width,
          )
          expect(lines).toHaveLength(rows.length + 1)
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
        },
      ),
    )
  })

  it('lets no control character through', () => {
    const lines = layOut(columns, [row('a\u001b[2J', '1', 'b\nc\u009b')], 80)
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  })

  it('has its titles when there are no rows', () => {
    expect(layOut(columns, [], 80)).toEqual(['  NAME  COUNT  NOTE'])
  })
})
