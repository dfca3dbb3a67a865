import { defineVersionScheme } from './scheme.ts'
import { compareKeys, isDigit, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'maven',
  title: 'Maven artifacts',
  spec: 'https://maven.apache.org/pom.html#version-order-specification',

  /**
   * Numbers and qualifiers in lists: a hyphen, or a change between digits and letters, begins a list in the
   * list. As ComparableVersion of Maven 3.8.7, except where that goes in circles, as in
   * `1.0.rc.1 < 1 < 1-x < 1.0.rc.1`: here what is older than the release is older than what is newer.
   */
  parse(text) {
    return text === '' || /[\s\p{Cc}]/u.test(text) ? undefined : listsKey(readLists(text.toLowerCase()))
  },

  compare: compareKeys,
})

interface Item {
  /** A qualifier; absent for a number. */
  readonly name?: string
  readonly digits: string
}

const zero: Item = { digits: '' }

/** Every list is the last item of the one before it. */
function readLists(text: string): readonly (readonly Item[])[] {
  let list: Item[] = []
  const lists = [list]
  const open = (): void => {
    list = []
    lists.push(list)
  }
  let isBetween = true
  for (const { 0: token, index } of text.matchAll(/[.-]|\d+|[^\d.-]+/g)) {
    if (token === '.' || token === '-') {
      if (isBetween) list.push(zero)
      if (token === '-') open()
      isBetween = true
    } else {
      const follower = text.charCodeAt(index + token.length)
      const isJoined = !isDigit(token.charCodeAt(0)) && (Number.isNaN(follower) || isDigit(follower))
      if (!isBetween || (isJoined && list.length > 0)) open()
      list.push(itemOf(token, isDigit(follower)))
      isBetween = false
    }
  }
  return lists
}

const aliases: Readonly<Record<string, string>> = { cr: 'rc', ga: '', final: '', release: '' }
const shortNames: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' }

function itemOf(token: string, isBeforeDigit: boolean): Item {
  if (isDigit(token.charCodeAt(0))) return { digits: token }
  const long = isBeforeDigit && token.length === 1 && 'abm'.includes(token) ? shortNames[token] : undefined
  return { name: long ?? (Object.hasOwn(aliases, token) ? aliases[token] : undefined) ?? token, digits: '' }
}

/** What may come next, lowest first. */
const lowQualifier = '\u0001'
const lowList = '\u0002'
const lowZero = '\u0003'
const end = '\u0004'
const highQualifier = '\u0005'
const highList = '\u0006'
const wholeNumber = '\u0007'

/** From the innermost list outwards, because what a zero or a list is worth depends on what follows it. */
function listsKey(lists: readonly (readonly Item[])[]): string {
  const pieces = [end]
  let next = end
  for (const items of lists.toReversed()) {
    if (next !== end) pieces.push((next = next < end ? lowList : highList))
    for (const item of items.toReversed()) {
      if (isNothing(item) && (next === end || next === lowList || next === highList)) continue
      next = markOf(item, next)
      pieces.push(next + valueKey(item, next))
    }
  }
  return pieces.toReversed().join('')
}

function isNothing({ name, digits }: Item): boolean {
  return (name ?? '') === '' && !/[1-9]/.test(digits)
}

function markOf(item: Item, next: string): string {
  if (isNothing(item) && next < end) return item.name === undefined ? lowZero : lowQualifier
  if (item.name === undefined) return wholeNumber
  const rank = known.indexOf(item.name)
  return rank === -1 || rank >= releaseRank ? highQualifier : lowQualifier
}

const known = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp']
const releaseRank = known.indexOf('')
const unknownName = String.fromCharCode(1 + known.length)
const nameEnd = '\u0001'

function valueKey({ name, digits }: Item, mark: string): string {
  if (mark === lowZero) return ''
  if (name === undefined) return numberKey(digits, 0, digits.length)
  const rank = known.indexOf(name)
  return rank === -1 ? unknownName + name + nameEnd : String.fromCharCode(1 + rank)
}
