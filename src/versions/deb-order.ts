import { digitsEnd, isDigit, isLetter, numberKey } from './sort-key.ts'

const tilde = '\u0001'
/** The end of a run of other characters sorts after `~` and before everything else. */
const runEnd = '\u0002'

/** Key of an upstream version or a revision: runs of other characters, possibly empty, take turns with runs of digits. */
export function debPartKey(part: string): string {
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
