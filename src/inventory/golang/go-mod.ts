import { linesOf } from '../text-lines.ts'
import type { Module } from './modules.ts'

/** What a module asks for: https://go.dev/ref/mod#go-mod-file */
export interface GoMod {
  /** As it is replaced, in the file's order; without a version where a folder replaces it. */
  readonly required: readonly { readonly path: string; readonly version: string | undefined }[]
  /** Lines that require or replace something and cannot be read. */
  readonly damagedLines: number
}

export function readGoMod(text: string): GoMod {
  const required: Module[] = []
  const replacements = new Map<string, { readonly path: string; readonly version: string | undefined }>()
  let damagedLines = 0
  for (const { verb, words } of directivesOf(text)) {
    const arrow = words.indexOf('=>')
    const [path = '', version = '', ...more] = words
    if (verb === 'require' && version !== '' && more.length === 0) required.push({ path, version })
    else if (verb === 'replace' && arrow >= 1 && arrow <= 2 && words.length > arrow + 1) {
      replacements.set(words.slice(0, arrow).join(' '), { path: words[arrow + 1] ?? '', version: words[arrow + 2] })
    } else damagedLines++
  }
  return {
    required: required.map(
      (one) => replacements.get(`${one.path} ${one.version}`) ?? replacements.get(one.path) ?? one,
    ),
    damagedLines,
  }
}

interface Directive {
  readonly verb: 'require' | 'replace'
  readonly words: readonly string[]
}

/** Directives stand on a line of their own, or several in a block of one verb. */
function* directivesOf(text: string): Generator<Directive> {
  let block = ''
  for (const line of linesOf(text)) {
    const words = wordsOf(line)
    const [first = ''] = words
    if (words.length === 0) continue
    if (block !== '' && first === ')') block = ''
    else if (block === '' && words.length === 2 && words[1] === '(') block = first
    else {
      const verb = block === '' ? first : block
      if (verb === 'require' || verb === 'replace') yield { verb, words: block === '' ? words.slice(1) : words }
    }
  }
}

/** Without the comment; words may be quoted. No directive is as long as the limit, and one cut off there is damaged. */
function wordsOf(line: string): string[] {
  const words = line
    .slice(0, 8192)
    .trim()
    .split(/[ \t]+/)
  const comment = words.findIndex((word) => word.startsWith('//'))
  return (comment === -1 ? words : words.slice(0, comment)).filter((word) => word !== '').map(unquoted)
}

function unquoted(word: string): string {
  return /^"[^"]{0,4000}"$|^`[^`]{0,4000}`$/.test(word) ? word.slice(1, -1) : word
}
