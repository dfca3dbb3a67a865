import { type PaddedItem, paddedKey, zeroItem } from './padded-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'luarocks',
  title: 'Lua rocks',
  spec: 'https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md',

  /**
   * Numbers and words, then `-` and the revision of the rockspec. To LuaRocks a version without a revision is
   * the same as that with any, which is not an order: here it sorts before them.
   */
  parse(text) {
    const match = /^(?<version>[A-Za-z\d][A-Za-z\d._-]*?)(?:-(?<revision>\d+))?$/.exec(text)
    if (match === null) return undefined
    const { version = '', revision } = match.groups ?? {}
    return (
      paddedKey(itemsOf(version)) +
      (revision === undefined ? withoutRevision : withRevision + numberKey(revision, 0, revision.length))
    )
  },

  compare: compareKeys,
})

const withoutRevision = '\u0001'
const withRevision = '\u0002'

/** Words that make a pre-release, lowest first, and words for the head of a branch, which is newer than any number. */
const preReleases = ['alpha', 'beta', 'pre', 'rc']
const heads = ['cvs', 'scm', 'dev']

/** Above zero come words by their first letter, then numbers, then heads. */
const word = '\u0001'
const wholeNumber = '\u0002'
const head = '\u0003'

/** A number behind a word belongs to it; a word behind a word replaces it. */
function itemsOf(version: string): readonly PaddedItem[] {
  const items: PaddedItem[] = []
  let name = ''
  for (const [token] of version.matchAll(/\d+|[A-Za-z]+/g)) {
    if (/^\D/.test(token)) name = token
    else {
      items.push(name === '' ? numberItem(token) : wordItem(name, token))
      name = ''
    }
  }
  return name === '' ? items : [...items, wordItem(name, '')]
}

function numberItem(digits: string): PaddedItem {
  return /[1-9]/.test(digits) ? { sign: 1, key: wholeNumber + numberKey(digits, 0, digits.length) } : zeroItem
}

function wordItem(name: string, digits: string): PaddedItem {
  const number = numberKey(digits, 0, digits.length)
  if (preReleases.includes(name)) return { sign: -1, key: String(preReleases.indexOf(name)) + number }
  if (heads.includes(name)) return { sign: 1, key: head + String(heads.indexOf(name)) + number }
  return { sign: 1, key: word + name.charAt(0) + number }
}
