import { paddedKey, textOrNumberItem } from './padded-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'rubygems',
  title: 'Ruby gems',
  spec: 'https://docs.ruby-lang.org/en/master/Gem/Version.html',

  /** Runs of digits and of letters; a run of letters makes a pre-release, and so does a hyphen. */
  parse(text) {
    if (!/^\d+(?:\.[\dA-Za-z]+)*(?:-[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/.test(text)) return undefined
    const parts = text.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? []
    const preRelease = parts.findIndex((part) => !/^\d/.test(part))
    const release = preRelease === -1 ? parts : parts.slice(0, preRelease)
    const last = release.findLastIndex((part) => /[1-9]/.test(part))
    return paddedKey([...parts.slice(0, last + 1), ...parts.slice(release.length)].map(textOrNumberItem))
  },

  compare: compareKeys,
})
