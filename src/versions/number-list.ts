import { numberKey } from './sort-key.ts'

const listEnd = '\u0001'
const listItem = '\u0002'

/** Key of a list of numbers: by value, and the shorter first where one list begins the other. */
export function numberListKey(numbers: readonly string[]): string {
  let key = ''
  for (const number of numbers) key += listItem + numberKey(number, 0, number.length)
  return key + listEnd
}

/** The list without the zeros at its end, for schemes where `1` and `1.0` are the same. */
export function withoutLastZeros(numbers: readonly string[]): readonly string[] {
  const last = numbers.findLastIndex((number) => !/^0*$/.test(number))
  return numbers.slice(0, last + 1)
}
