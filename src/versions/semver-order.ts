import { compareKeys, digitsEnd, numberKey } from './sort-key.ts'

/** Precedence of Semantic Versioning 2.0.0, section 11, over the keys of `semverKey`. */
export const compareSemver = compareKeys

/** What may follow the fields so far, lowest first; a release sorts after all its pre-releases. */
const preReleaseEnd = '\u0001'
const numericField = '\u0002'
const textField = '\u0003'
const release = '\u0004'
/** Sorts a field before every longer field that it begins. */
const textFieldEnd = '\u0001'

/**
 * Sort key of `1.2.3-rc.1+build`, where minor and patch may be left out, as advisories do in `0`, and
 * numbers may begin with zeros, as some published packages do. Build metadata has no place in the order.
 * `fields` is how many numbers there may be.
 */
export function semverKey(text: string, fields = 3): string | undefined {
  const plus = text.indexOf('+')
  const end = plus === -1 ? text.length : plus
  if (plus !== -1 && !/^[\dA-Za-z.-]+$/.test(text.slice(plus + 1))) return undefined
  let key = ''
  let at = 0
  for (let field = 0; field < fields; field++) {
    const from = field === 0 ? at : at + 1
    const isAbsent = field > 0 && text.charAt(at) !== '.'
    const to = isAbsent ? at : digitsEnd(text, from)
    if (!isAbsent && to === from) return undefined
    key += isAbsent ? numberKey(text, at, at) : numberKey(text, from, to)
    at = to
  }
  if (at === end) return key + release
  const preRelease = text.slice(at + 1, end)
  return text.charAt(at) === '-' && /^[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*$/.test(preRelease)
    ? key + identifiersKey(preRelease)
    : undefined
}

/** Key of `rc.1`: numbers by value and below texts, and the shorter of two lists first where one begins the other. */
export function identifiersKey(identifiers: string): string {
  let key = ''
  for (const field of identifiers.split('.')) {
    key +=
      digitsEnd(field, 0) === field.length
        ? numericField + numberKey(field, 0, field.length)
        : textField + field + textFieldEnd
  }
  return key + preReleaseEnd
}
