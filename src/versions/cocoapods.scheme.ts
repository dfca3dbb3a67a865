import { numberListKey, withoutLastZeros } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { identifiersKey } from './semver-order.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'cocoapods',
  title: 'CocoaPods',
  spec: 'https://www.rubydoc.info/gems/cocoapods-core/Pod/Version',

  /**
   * Runs of digits, and from the first run of letters on a pre-release. To CocoaPods a number and a run of
   * letters are neither less nor greater, which is not an order: here numbers come first.
   */
  parse(text) {
    const match = /^(?<version>\d+(?:\.[\dA-Za-z-]+)*)(?:\+[\dA-Za-z.-]+)?$/.exec(text)
    if (match === null) return undefined
    const runs = match.groups?.['version']?.match(/\d+|[A-Za-z]+/g) ?? []
    const letters = runs.findIndex((run) => /^\D/.test(run))
    const numbers = letters === -1 ? runs : runs.slice(0, letters)
    return (
      numberListKey(withoutLastZeros(numbers)) +
      (letters === -1 ? release : preRelease + identifiersKey(runs.slice(letters).join('.')))
    )
  },

  compare: compareKeys,
})

const preRelease = '\u0001'
const release = '\u0002'
