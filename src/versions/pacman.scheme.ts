import { epochVersionReleaseKey } from './epoch-version-release.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, isDigit, isLetter, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'pacman',
  title: 'Arch Linux packages',
  spec: 'https://man.archlinux.org/man/vercmp.8',

  /**
   * `[epoch:]version[-release]`. To vercmp a version without a release is the same as that with any, which
   * is not an order: here it sorts before them.
   */
  parse: (text) => epochVersionReleaseKey(text, segmentsKey),

  compare: compareKeys,
})

/** What may stand behind the same separators, lowest first. */
const letters = '\u0001'
const end = '\u0002'
const digits = '\u0003'
/** Sorts a run of letters before every longer run that it begins. */
const lettersEnd = '\u0001'

/**
 * More separators sort after fewer. Separators at the end count as one, however many: `1.` sorts between
 * `1.a` and `1.1`.
 */
function segmentsKey(text: string, start: number, stop: number): string {
  let key = ''
  let at = start
  while (at < stop) {
    const from = segmentStart(text, at, stop)
    if (from === stop) return key + separatorsKey(1) + end
    key += separatorsKey(from - at)
    if (isDigit(text.charCodeAt(from))) {
      at = digitsEnd(text, from)
      key += digits + numberKey(text, from, at)
    } else {
      at = from
      while (at < stop && isLetter(text.charCodeAt(at))) at++
      key += letters + text.slice(from, at) + lettersEnd
    }
  }
  return key + separatorsKey(0) + end
}

function segmentStart(text: string, start: number, stop: number): number {
  let at = start
  while (at < stop && !isDigit(text.charCodeAt(at)) && !isLetter(text.charCodeAt(at))) at++
  return at
}

function separatorsKey(count: number): string {
  const text = String(count)
  return numberKey(text, 0, text.length)
}
