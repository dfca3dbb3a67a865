import { describe, expect, it } from 'vitest'
import { counted, formatBytes, nearest, parseDuration, printable } from './text.ts'

describe('text for people', () => {
  it.each([
    ['plain text, ünïcode 漢字', 'plain text, ünïcode 漢字'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['a\nb\rc\td', 'a\\u{a}b\\u{d}c\\u{9}d'],
    ['left\u202eright\u2066x\u200f', 'left\\u{202e}right\\u{2066}x\\u{200f}'],
    ['\u009b1m', '\\u{9b}1m'],
  ])('makes %j printable as %j', (text, safe) => {
    expect(printable(text)).toBe(safe)
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [123_456, '123 kB'],
    [3_100_000, '3.1 MB'],
    [1_200_000_000, '1.2 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('counts', () => {
    expect([counted(1, 'package'), counted(1234, 'package'), counted(0, 'entry', 'entries')]).toEqual([
      '1 package',
      '1,234 packages',
      '0 entries',
    ])
  })

  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['5', undefined],
    ['', undefined],
    ['5 m', undefined],
    ['-5m', undefined],
  ])('reads the duration %j as %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    ['scna', 'scan'],
    ['complteion', 'completion'],
    ['wholly-different', undefined],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, ['scan', 'completion', 'version'])).toBe(meant)
  })
})
