import { digitsEnd, numberKey } from './sort-key.ts'

const withoutRelease = '\u0001'
const withRelease = '\u0002'

/**
 * The key of `[epoch:]version[-release]`: a missing epoch is 0, a missing release sorts before every release.
 * `undefined` for the empty text and for one with blanks or control characters.
 */
export function epochVersionReleaseKey(
  text: string,
  segmentsKey: (text: string, start: number, end: number) => string,
): string | undefined {
  if (text === '' || /[\s\p{Cc}]/u.test(text)) return undefined
  const epochEnd = digitsEnd(text, 0)
  const hasEpoch = text.charAt(epochEnd) === ':'
  const start = hasEpoch ? epochEnd + 1 : 0
  const hyphen = text.lastIndexOf('-')
  const hasRelease = hyphen >= start
  return (
    numberKey(text, 0, hasEpoch ? epochEnd : 0) +
    segmentsKey(text, start, hasRelease ? hyphen : text.length) +
    (hasRelease ? withRelease + segmentsKey(text, hyphen + 1, text.length) : withoutRelease)
  )
}
