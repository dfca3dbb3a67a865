import { epochVersionReleaseKey } from './epoch-version-release.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, isDigit, isLetter, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'rpm',
  title: 'RPM packages',
  spec: 'https://rpm.org/docs/latest/man/rpm-version.7',

  /** `[epoch:]version[-release]`; a missing epoch is 0, a missing release sorts before every release. */
  parse: (text) => epochVersionReleaseKey(text, segmentsKey),

  compare: compareKeys,
})

/** What may stand at one place of a version, lowest first. */
const tilde = '\u0001'
const partEnd = '\u0002'
const caret = '\u0003'
const letters = '\u0004'
const digits = '\u0005'
/** Sorts a run of letters before every longer run that it begins. */
const lettersEnd = '\u0001'

function segmentsKey(text: string, start: number, end: number): string {
  let key = ''
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at)
    let next = at + 1
    if (isDigit(code)) {
      next = digitsEnd(text, at)
      key += digits + numberKey(text, at, next)
    } else if (isLetter(code)) {
      while (next < end && isLetter(text.charCodeAt(next))) next++
      key += letters + text.slice(at, next) + lettersEnd
    } else if (code === 126) key += tilde
    else if (code === 94) key += caret
    at = next
  }
  return key + partEnd
}
