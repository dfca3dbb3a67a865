import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'conan',
  title: 'Conan packages for C and C++',
  spec: 'https://docs.conan.io/2/reference/conanfile/attributes.html#version',

  /**
   * Any items between dots, then `-` and a pre-release, then `+` and a build. Zeros at the end are nothing.
   * Conan compares `1w` with numbers as text, which is not an order: here it comes between 1 and 2.
   */
  parse(text) {
    if (text === '' || /[\s\p{Cc}]/u.test(text)) return undefined
    const plus = text.lastIndexOf('+')
    const version = plus === -1 ? text : text.slice(0, plus)
    const hyphen = version.lastIndexOf('-')
    const preRelease = hyphen === -1 ? '' : preReleaseMark + itemsKey(version.slice(hyphen + 1))
    return (
      itemsKey(hyphen === -1 ? version : version.slice(0, hyphen)) +
      (hyphen === -1 ? release : preRelease) +
      (plus === -1 ? withoutBuild : withBuild + itemsKey(text.slice(plus + 1)))
    )
  },

  compare: compareKeys,
})

const preReleaseMark = '\u0001'
const release = '\u0002'
const withoutBuild = '\u0001'
const withBuild = '\u0002'

const listEnd = '\u0001'
const listItem = '\u0002'
/** Items that begin with a digit sort below all others but the empty one. */
const empty = '\u0001'
const numeric = '\u0002'
const name = '\u0003'
const textEnd = '\u0001'

function itemsKey(text: string): string {
  const items = text.split('.')
  const last = items.findLastIndex((item) => !/^0+$/.test(item))
  return (
    items
      .slice(0, last + 1)
      .map((item) => listItem + itemKey(item))
      .join('') + listEnd
  )
}

function itemKey(item: string): string {
  if (item === '') return empty
  const end = digitsEnd(item, 0)
  return (end === 0 ? name : numeric + numberKey(item, 0, end)) + item.slice(end) + textEnd
}
