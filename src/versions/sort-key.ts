/**
 * A sort key is a text whose order by code units is the order of the versions it was made from.
 * Making it once costs time linear in the version; comparing then is one comparison of two strings,
 * and the order is total because the order of strings is.
 */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** First character of every number key; anything that must sort before or after a number is chosen around it. */
const longNumber = 0xf000

/**
 * Key of the run of digits in `text` from `start` to `end`, ordered by value at any length: how many
 * digits are left without leading zeros, then these digits. An empty run is zero.
 */
export function numberKey(text: string, start: number, end: number): string {
  let first = start
  while (first < end && text.charCodeAt(first) === 48) first++
  const length = end - first
  const size =
    length < longNumber
      ? String.fromCharCode(length)
      : String.fromCharCode(longNumber + (length >>> 20), (length >>> 10) & 1023, length & 1023)
  return size + text.slice(first, end)
}

/** Index of the first character at or after `start` that is not an ASCII digit. */
export function digitsEnd(text: string, start: number): number {
  let end = start
  while (isDigit(text.charCodeAt(end))) end++
  return end
}

/** False for the NaN that `charCodeAt` gives beyond the end, as in every test of a code here. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}
