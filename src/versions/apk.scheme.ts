import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, isDigit, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'apk',
  title: 'Alpine and Wolfi packages',
  spec: 'https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/src/version.c',

  /**
   * `number{.number}{letter}{_suffix{number}}{~hash}{-rN}`. apk compares any two texts token by token,
   * so a text is taken as far as it follows the grammar; what does not sorts below what does.
   */
  parse(text) {
    return text === '' || /[\s\p{Cc}]/u.test(text) ? undefined : versionKey(text)
  },

  compare: compareKeys,
})

/** What may come next in a version, lowest first. */
const preSuffix = '\u0001'
const invalid = '\u0002'
const end = '\u0003'
const revision = '\u0004'
const hash = '\u0005'
const suffixNumber = '\u0006'
const postSuffix = '\u0007'
const letter = '\u0008'
const component = '\u0009'

const preSuffixes = ['alpha', 'beta', 'pre', 'rc']
const postSuffixes = ['cvs', 'svn', 'git', 'hg', 'p']

/** Sorts a text before every longer text that it begins. */
const textEnd = '\u0001'

interface Piece {
  readonly key: string
  /** Where the rest of the version begins. */
  readonly next: number
}

function versionKey(text: string): string {
  const numbers = numbersPiece(text)
  const suffixes = suffixesPiece(text, numbers.next)
  return numbers.key + suffixes.key + tailKey(text, suffixes.next)
}

/** `1.02.3b`, and the `p1` of `6.6.2p1` that older packages have. */
function numbersPiece(text: string): Piece {
  let next = digitsEnd(text, 0)
  let key = component + numberKey(text, 0, next)
  for (;;) {
    const code = text.charCodeAt(next)
    if (code === 46) {
      const from = next + 1
      next = digitsEnd(text, from)
      key += component + componentKey(text, from, next)
    } else if (code >= 97 && code <= 122) {
      key += letter + text.charAt(next)
      next++
      if (!isDigit(text.charCodeAt(next))) return { key, next }
      const from = next
      next = digitsEnd(text, from)
      key += component + nonZeroStart + numberKey(text, from, next)
    } else return { key, next }
  }
}

/** A component that begins with 0 is a decimal fraction: it sorts as text, and below all others. */
const zeroStart = '\u0001'
const nonZeroStart = '\u0002'

function componentKey(text: string, from: number, to: number): string {
  if (from === to) return `${zeroStart}0${textEnd}`
  return text.charAt(from) === '0'
    ? zeroStart + text.slice(from, to) + textEnd
    : nonZeroStart + numberKey(text, from, to)
}

/** `_rc2_git20240101`; stops before a suffix that apk does not know. */
function suffixesPiece(text: string, start: number): Piece {
  let next = start
  let key = ''
  while (text.charAt(next) === '_') {
    const nameEnd = lettersEnd(text, next + 1)
    const suffix = suffixKey(text.slice(next + 1, nameEnd))
    if (suffix === undefined) break
    key += suffix
    next = digitsEnd(text, nameEnd)
    if (next > nameEnd) key += suffixNumber + numberKey(text, nameEnd, next)
  }
  return { key, next }
}

function suffixKey(name: string): string | undefined {
  const before = preSuffixes.indexOf(name)
  if (before !== -1) return preSuffix + String.fromCharCode(before)
  const after = postSuffixes.indexOf(name)
  return after === -1 ? undefined : postSuffix + String.fromCharCode(after)
}

function lettersEnd(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) >= 97 && text.charCodeAt(at) <= 122) at++
  return at
}

/** `~8f2c1d-r0`, either part optional. */
function tailKey(text: string, start: number): string {
  const match = /^(?:~(?<commit>[\da-f]+))?(?:-r(?<build>\d+))?/.exec(text.slice(start))
  const { commit, build } = match?.groups ?? {}
  const taken = commit === undefined ? '' : hash + commit + textEnd
  const rest = text.slice(start + (commit === undefined ? 0 : commit.length + 1))
  if (build === undefined || rest.length !== build.length + 2) return taken + (rest === '' ? end : invalid)
  return taken + revision + numberKey(build, 0, build.length) + end
}
