import { numberListKey, withoutLastZeros } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, isDigit, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'pep440',
  title: 'Python packages',
  spec: 'https://packaging.python.org/en/latest/specifications/version-specifiers/',

  /**
   * A version of PEP 440. Old releases on PyPI have others, such as `0.7.4.svn.r2010`: these sort before
   * all versions of PEP 440 and among themselves as setuptools ordered them.
   */
  parse(text) {
    if (text === '' || /[\s\p{Cc}]/u.test(text)) return undefined
    const lower = text.toLowerCase()
    const match = pattern.exec(lower)
    return match === null ? legacy + legacyKey(lower) : standard + standardKey(match.groups ?? {})
  },

  compare: compareKeys,
})

const legacy = '\u0001'
const standard = '\u0002'

const pattern =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<stage>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<stageNumber>\d*))?(?<post>-(?<bareNumber>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d*))?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d*))?(?:\+(?<local>[\da-z]+(?:[-_.][\da-z]+)*))?$/

type Groups = Readonly<Record<string, string | undefined>>

/** Lowest first: a development release of the version itself, its pre-releases, and the rest. */
const beforeStages = '\u0001'
const stages = ['a', 'b', 'c']
const afterStages = '\u0005'

const absent = '\u0001'
const present = '\u0002'
const release = '\u0003'

function standardKey({ epoch = '', release: numbers = '', ...groups }: Groups): string {
  return (
    numberKey(epoch, 0, epoch.length) +
    numberListKey(withoutLastZeros(numbers.split('.'))) +
    stageKey(groups) +
    (groups['post'] === undefined ? absent : present + valueKey(groups['bareNumber'] ?? groups['postNumber'])) +
    (groups['dev'] === undefined ? release : present + valueKey(groups['devNumber'])) +
    localKey(groups['local'])
  )
}

function stageKey({ stage, stageNumber, post, dev }: Groups): string {
  if (stage === undefined) return post === undefined && dev !== undefined ? beforeStages : afterStages
  const letter = /^(?:rc|pre)/.test(stage) ? 'c' : stage.charAt(0)
  return String.fromCharCode(2 + stages.indexOf(letter)) + valueKey(stageNumber)
}

function valueKey(number = ''): string {
  return numberKey(number, 0, number.length)
}

const localEnd = '\u0001'
const localText = '\u0002'
const localNumber = '\u0003'
const textEnd = '\u0001'

function localKey(local: string | undefined): string {
  let key = ''
  for (const part of local?.split(/[-_.]/) ?? []) {
    key += /^\d+$/.test(part) ? localNumber + valueKey(part) : localText + part + textEnd
  }
  return key + localEnd
}

const legacyEnd = '\u0001'
const legacyPart = '\u0002'
const legacyNames: Readonly<Record<string, string>> = { pre: 'c', preview: 'c', rc: 'c', dev: '@', '-': 'final-' }

/** Every part is a text: numbers filled up to eight digits, names behind a `*` that sorts before digits. */
function legacyKey(text: string): string {
  const parts: string[] = []
  for (const part of legacyParts(text)) {
    if (part.startsWith('*')) {
      if (part < '*final') dropLast(parts, '*final-')
      dropLast(parts, '00000000')
    }
    parts.push(part)
  }
  return parts.map((part) => legacyPart + part).join('') + legacyEnd
}

function dropLast(parts: string[], part: string): void {
  while (parts.at(-1) === part) parts.pop()
}

function* legacyParts(text: string): Generator<string> {
  for (const [part] of text.matchAll(/\d+|[a-z]+|[.-]|[^\da-z.-]+/g)) {
    if (part === '.') continue
    yield isDigit(part.charCodeAt(0)) ? part.padStart(8, '0') : `*${legacyNames[part] ?? part}`
  }
  yield '*final'
}
