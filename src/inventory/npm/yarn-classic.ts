import { Problem } from '#kit/errors.ts'
import { linesOf } from '../text-lines.ts'

/** One block: the specifiers it answers, its fields, and the names of its sub-blocks with what is in them. */
export interface ClassicBlock {
  readonly specifiers: readonly string[]
  readonly fields: ReadonlyMap<string, string>
  readonly needs: Readonly<Record<string, string>>
}

/** Indentation of two per level; names and values are words, in quotation marks where they are more than that. */
const word = '("(?:[^"\\\\]|\\\\.){0,4000}"|[^\\s":,]{1,4000})'
const field = new RegExp(`^ {2}${word} ${word}$`)
const section = new RegExp(`^ {2}${word}:$`)
const need = new RegExp(`^ {4}${word} ${word}$`)

/** Blocks of a lock file of Yarn 1; `undefined` for a line that is none of its kind, and now and then for a turn. */
export function* readClassic(text: string, at: string): Generator<ClassicBlock | 'unreadable' | undefined> {
  if (!/^# yarn lockfile v1\s*$/m.test(text.slice(0, 1000))) {
    throw new Problem('malformed', 'this is no lock file of Yarn', { at })
  }
  let block: OpenBlock | undefined
  for (const line of linesOf(text)) {
    yield undefined
    if (line === '' || line.startsWith('#')) continue
    if (!line.startsWith(' ')) {
      if (block !== undefined) yield block
      block = openBlock(line)
      if (block === undefined) yield 'unreadable'
    } else if (block !== undefined) takeLine(block, line)
  }
  if (block !== undefined) yield block
}

interface OpenBlock extends ClassicBlock {
  readonly fields: Map<string, string>
  readonly needs: Record<string, string>
  section: string
}

function openBlock(line: string): OpenBlock | undefined {
  if (!line.endsWith(':') || line.length > 1_000_000) return undefined
  const specifiers = [...line.slice(0, -1).matchAll(/"((?:[^"\\]|\\.){1,4000})"|([^\s",]{1,4000})/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  return specifiers.length === 0 ? undefined : { specifiers, fields: new Map(), needs: {}, section: '' }
}

/** Lines deeper or of another form belong to fields that nobody reads. */
function takeLine(block: OpenBlock, line: string): void {
  const opened = section.exec(line)?.[1]
  if (opened !== undefined) {
    block.section = unquoted(opened)
    return
  }
  const [, key = '', value = ''] = field.exec(line) ?? []
  if (key !== '') block.fields.set(unquoted(key), unquoted(value))
  if (!/^(?:optionalD|d)ependencies$/.test(block.section)) return
  const [, name = '', range = ''] = need.exec(line) ?? []
  if (name !== '' && unquoted(name) !== '__proto__') block.needs[unquoted(name)] = unquoted(range)
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text
}
