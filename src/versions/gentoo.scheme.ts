import { defineVersionScheme } from './scheme.ts'
import { compareKeys, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'gentoo',
  title: 'Gentoo packages',
  spec: 'https://projects.gentoo.org/pms/latest/pms.html#version-comparison',

  /** `number{.number}{letter}{_suffix{number}}{-rN}` */
  parse(text) {
    const match =
      /^(?<numbers>\d+(?:\.\d+)*)(?<letter>[a-z]?)(?<suffixes>(?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(?<revision>\d+))?$/.exec(
        text,
      )
    if (match === null) return undefined
    const { numbers = '', letter = '', suffixes = '', revision = '' } = match.groups ?? {}
    const [first = '', ...rest] = numbers.split('.')
    return (
      numberKey(first, 0, first.length) +
      rest.map((number) => component + componentKey(number)).join('') +
      componentsEnd +
      (letter + letterEnd) +
      suffixesKey(suffixes) +
      numberKey(revision, 0, revision.length)
    )
  },

  compare: compareKeys,
})

const componentsEnd = '\u0001'
const component = '\u0002'
/** A component that begins with 0 is a decimal fraction: it sorts as text, and below all others. */
const fraction = '\u0001'
const whole = '\u0002'
const textEnd = '\u0001'
const letterEnd = '\u0001'

function componentKey(number: string): string {
  return number.startsWith('0')
    ? fraction + number.slice(0, number.split('').findLastIndex((digit) => digit !== '0') + 1) + textEnd
    : whole + numberKey(number, 0, number.length)
}

const suffixOrder: Readonly<Record<string, string>> = {
  alpha: '\u0001',
  beta: '\u0002',
  pre: '\u0003',
  rc: '\u0004',
  p: '\u0006',
}
const suffixesEnd = '\u0005'

function suffixesKey(suffixes: string): string {
  let key = ''
  for (const [, name = '', number = ''] of suffixes.matchAll(/_([a-z]+)(\d*)/g)) {
    key += (suffixOrder[name] ?? '') + numberKey(number, 0, number.length)
  }
  return key + suffixesEnd
}
