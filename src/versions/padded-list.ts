import { numberKey } from './sort-key.ts'

/** One part of a version, as it stands to the zero that a missing part is taken for. */
export interface PaddedItem {
  readonly sign: -1 | 0 | 1
  /** Orders items of the same sign; no key is the beginning of another. */
  readonly key: string
}

export const zeroItem: PaddedItem = { sign: 0, key: '' }

const below = '\u0001'
const listEnd = '\u0002'
const above = '\u0003'

/**
 * Key of a list that goes on with zeros for ever. A run of zeros is told by its length, counted with the
 * item behind it: before an item below zero the longer run is the greater, before one above zero the lesser.
 */
export function paddedKey(items: readonly PaddedItem[]): string {
  let key = ''
  let zeros = 0
  for (const { sign, key: item } of items) {
    if (sign === 0) {
      zeros++
      continue
    }
    const run = countKey(zeros)
    key += (sign < 0 ? below + run : above + complement(run)) + item
    zeros = 0
  }
  return key + listEnd
}

function countKey(count: number): string {
  const digits = String(count)
  return numberKey(digits, 0, digits.length)
}

function complement(key: string): string {
  let turned = ''
  for (let at = 0; at < key.length; at++) turned += String.fromCharCode(0xffff - key.charCodeAt(at))
  return turned
}

const textEnd = '\u0001'

/** Texts below every number, numbers by value. */
export function textOrNumberItem(part: string): PaddedItem {
  if (!/^\d/.test(part)) return { sign: -1, key: part + textEnd }
  const key = numberKey(part, 0, part.length)
  return /[1-9]/.test(part) ? { sign: 1, key } : zeroItem
}
