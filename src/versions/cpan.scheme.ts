import { numberListKey, withoutLastZeros } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'cpan',
  title: 'Perl distributions',
  spec: 'https://perldoc.perl.org/version',

  /**
   * Dotted (`v1.2.3`, or two dots and more), or a decimal number, whose fraction is read three digits at a
   * time: `1.002003` is `v1.2.3` and `1.5` is `v1.500`. Underscores do not count.
   */
  parse(text) {
    const plain = /\d_\d+$/.test(text) ? text.replace('_', '') : text
    const dotted = /^(?:v(?<major>\d+(?:\.\d+)*)\.?|(?<list>\d*(?:\.\d+){2,}))$/.exec(plain)?.groups
    if (dotted !== undefined) return listKey((dotted['major'] ?? dotted['list'] ?? '').split('.'))
    const decimal = /^(?=\.?\d)(?<whole>\d*)(?:\.(?<fraction>\d*))?$/.exec(plain)?.groups
    if (decimal === undefined) return undefined
    const groups = decimal['fraction']?.match(/\d{1,3}/g) ?? []
    return listKey([decimal['whole'] ?? '', ...groups.map((group) => group.padEnd(3, '0'))])
  },

  compare: compareKeys,
})

function listKey(numbers: readonly string[]): string {
  return numberListKey(withoutLastZeros(numbers))
}
