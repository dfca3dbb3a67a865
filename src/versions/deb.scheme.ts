import { debPartKey } from './deb-order.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, digitsEnd, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'deb',
  title: 'Debian and Ubuntu packages',
  spec: 'https://www.debian.org/doc/debian-policy/ch-controlfields.html#version',

  /** `[epoch:]upstream[-revision]`; a missing epoch or revision is 0. */
  parse(text) {
    const colon = text.indexOf(':')
    const start = colon + 1
    const hyphen = text.lastIndexOf('-')
    const end = hyphen < start ? text.length : hyphen
    if (colon === 0 || digitsEnd(text, 0) < colon || start === end || hyphen === text.length - 1) return undefined
    if (!/^[\dA-Za-z.+~:-]*$/.test(text)) return undefined
    return numberKey(text, 0, Math.max(colon, 0)) + debPartKey(text.slice(start, end)) + debPartKey(text.slice(end + 1))
  },

  compare: compareKeys,
})
