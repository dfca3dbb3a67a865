import type { Package } from '#model/package.ts'
import { linesOf } from '../text-lines.ts'
import { pythonPackage } from './python-package.ts'
import { fileHashes, parseRequirement, versionOfArchive } from './requirement.ts'

/** What a line comes to; `undefined` for nothing, which is also a turn for others. */
export type RequirementsEntry = Package | 'unpinned' | 'no-version' | 'elsewhere' | 'unreadable' | undefined

export function* readRequirements(text: string, location: string): Generator<RequirementsEntry> {
  for (const line of logicalLines(text.replace(/^\uFEFF/, ''))) yield readLine(line, location)
}

/** Longer ones are nothing that pip was given by a person or a tool. */
const lineLimit = 100_000

/** A backslash at the end joins the next line; comments go afterwards, as pip does it. */
function* logicalLines(text: string): Generator<string> {
  let parts: string[] = []
  for (const line of linesOf(text)) {
    const isComment = /^\s{0,1000}#/.test(line)
    const goesOn = line.endsWith('\\') && !isComment && parts.length < 10_000
    parts.push(goesOn ? line.slice(0, -1) : line)
    if (goesOn) {
      yield ''
      continue
    }
    yield parts.join(' ').slice(0, lineLimit)
    parts = []
  }
  if (parts.length > 0) yield parts.join(' ').slice(0, lineLimit)
}

function readLine(line: string, location: string): RequirementsEntry {
  const comment = /(?:^|\s)#/.exec(line)
  const plain = (comment === null ? line : line.slice(0, comment.index)).trim()
  if (plain === '') return undefined
  if (plain.startsWith('-')) return readOption(plain)
  const [specifier = '', ...options] = plain.split(/\s--/)
  if (isAddress(specifier)) return fromAddress(specifier.trim(), location)
  const requirement = parseRequirement(specifier)
  if (requirement === undefined) return 'unreadable'
  const { name, version, address } = requirement
  if (version === undefined) return address === undefined ? 'unpinned' : 'no-version'
  const hashes = fileHashes(options.map((option) => /^hash[=\s]\s{0,20}(\S+)/.exec(option)?.[1]))
  return pythonPackage({ name, version, hashes }, location) ?? 'unreadable'
}

function readOption(line: string): RequirementsEntry {
  const [, option = '', value = ''] = /^(-[a-z]|--[a-z-]{2,60})[=\s]{0,20}(.*)$/s.exec(line) ?? []
  if (option === '-r' || option === '--requirement') return isReadAnyway(value) ? undefined : 'elsewhere'
  const isEditable = option === '-e' || option === '--editable'
  return isEditable && isRemote(value) ? 'no-version' : undefined
}

function isReadAnyway(file: string): boolean {
  return /requirements[^/]*\.txt$|(?:^|\/)requirements\/[^/]+\.txt$/.test(file)
}

function isAddress(specifier: string): boolean {
  return isRemote(specifier) || /^(?:\.|\/|[^\s=<>;@[]+\.(?:whl|tar\.gz|zip)(?:\s|$))/.test(specifier)
}

function isRemote(specifier: string): boolean {
  return /^(?:[a-z]{2,10}\+)?[a-z]{2,10}:\/\//i.test(specifier)
}

/** The name of an archive says what is in it; a folder is the user's own code. */
function fromAddress(address: string, location: string): RequirementsEntry {
  const path = address.split(/[\s;#?]/, 1)[0] ?? ''
  const file = path.slice(path.lastIndexOf('/') + 1)
  const name = /^(.{1,400}?)-\d/.exec(file)?.[1] ?? ''
  const version = versionOfArchive(path, name)
  if (version !== undefined) return pythonPackage({ name, version }, location) ?? 'unreadable'
  return isRemote(address) || /\.(?:whl|zip|tar\.gz)$/.test(path) ? 'no-version' : undefined
}
