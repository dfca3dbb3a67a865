import { defineVersionScheme } from './scheme.ts'
import { compareKeys, isDigit, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'composer',
  title: 'Composer packages, and whatever PHP orders by version_compare',
  spec: 'https://www.php.net/manual/en/function.version-compare.php',

  /**
   * Runs of digits and of letters, as `version_compare` cuts them, behind a `v` that means nothing. A branch
   * such as `2.x-dev` is newer than all releases that come from it.
   */
  parse(text) {
    if (text === '' || /[\s\p{Cc}]/u.test(text)) return undefined
    const plain = text.replace(/^[Vv](?=.)/, '')
    return partsKey(isBranch(plain) ? branchEnd(plain) : plain)
  },

  compare: compareKeys,
})

function isBranch(text: string): boolean {
  return /^\d+(?:\.\d+){0,2}\.[Xx*](?:\.[Xx*]){0,2}(?:-dev)?$/.test(text)
}

/** Composer takes the open end of a branch for numbers that no release reaches. */
function branchEnd(text: string): string {
  const numbers = text.replace(/-dev$/, '').split('.')
  const filled = [...numbers, 'x', 'x', 'x'].slice(0, 4)
  return `${filled.map((number) => (/^\d/.test(number) ? number : '9999999')).join('.')}-dev`
}

/** What may stand at one place, lowest first; what PHP does not know sorts before all that it does. */
const unknownName = '\u0001'
const names: readonly (readonly [string, string])[] = [
  ['dev', '\u0002'],
  ['alpha', '\u0003'],
  ['a', '\u0003'],
  ['beta', '\u0004'],
  ['b', '\u0004'],
  ['RC', '\u0005'],
  ['rc', '\u0005'],
  ['pl', '\u000a'],
  ['p', '\u000a'],
]
const separatorEnd = '\u0006'
const end = '\u0007'
const number = '\u0008'

/** Other characters part like a dot, except that behind a digit they begin a name, as in `1~beta`. */
const parts = /\d+|[A-Za-z]+|#|(?<=^|\d)[^\dA-Za-z._+-][A-Za-z]*/gu

function partsKey(text: string): string {
  let key = ''
  let read = 0
  for (const { 0: part, index } of text.matchAll(parts)) {
    key += isDigit(part.charCodeAt(0)) ? number + numberKey(part, 0, part.length) : nameKey(part)
    read = index + part.length
  }
  return key + (read < text.length ? separatorEnd : end)
}

/** The beginning of a name decides: `patch` is a `p`. A `#` stands for a number, the first where one must be chosen. */
function nameKey(name: string): string {
  if (name.startsWith('#')) return number + numberKey('1', 0, 1)
  return names.find(([known]) => name.startsWith(known))?.[1] ?? unknownName
}
