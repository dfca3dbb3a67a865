import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, isDigit, isLetter, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'deb',
  title: 'Debian and Ubuntu packages',
  spec: 'https://www.debian.org/doc/debian-policy/ch-controlfields.html#version',

  /** `[epoch:]upstream[-revision]`; a missing epoch or revision is 0. */
  parse(text) {
    const colon = text.indexOf(':')
    const start = colon + 1
    const hyphen = text.lastIndexOf('-')
    const end = hyphen < start ? text.length : hyphen
    if (colon === 0 || digitsEnd(text, 0) < colon || start === end || hyphen === text.length - 1) return undefined
    if (!/^[\dA-Za-z.+~:-]*$/.test(text)) return undefined
    return numberKey(text, 0, Math.max(colon, 0)) + partKey(text.slice(start, end)) + partKey(text.slice(end + 1))
  },

  compare: compareKeys,
})

const tilde = '\u0001'
/** The end of a run of other characters sorts after `~` and before everything else. */
const runEnd = '\u0002'

/** Runs of other characters, possibly empty, take turns with runs of digits. */
function partKey(part: string): string {
  let key = ''
  let at = 0
  do {
    for (let code = part.charCodeAt(at); at < part.length && !isDigit(code); code = part.charCodeAt(at)) {
      key += code === 126 ? tilde : String.fromCharCode(isLetter(code) ? code : code + 256)
      at++
    }
    const end = digitsEnd(part, at)
    key += runEnd + numberKey(part, at, end)
    at = end
  } while (at < part.length)
  return key + runEnd
}
