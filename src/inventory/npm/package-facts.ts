import { isNpmName } from './npm-package.ts'

/** What package.json and entries of lock files say alike; whatever is of another type counts as absent. */
interface Needs {
  readonly dependencies?: unknown
  readonly optionalDependencies?: unknown
  readonly peerDependencies?: unknown
  /** Which peers may be absent. */
  readonly peerDependenciesMeta?: unknown
}

/** Names of what a package needs to run: an alias is told by what it stands for. */
export function neededNames(needs: Needs): readonly string[] | undefined {
  const peers = membersOf(needs.peerDependencies).filter(([name]) => !isOptional(needs.peerDependenciesMeta, name))
  const all = [...membersOf(needs.dependencies), ...membersOf(needs.optionalDependencies), ...peers]
  const names = new Set(all.map(([name, range]) => aliasedName(range) ?? name).filter(isNpmName))
  return names.size === 0 ? undefined : [...names]
}

/** `string-width` of `npm:string-width@^4.2.0`. */
function aliasedName(range: unknown): string | undefined {
  return typeof range === 'string' ? /^npm:(@?[^@]{1,400})@/.exec(range)?.[1] : undefined
}

/** The field `license` and its forebear `licenses`, which held one or several `{ type, url }`. */
export function declaredLicences(license: unknown, licenses?: unknown): readonly string[] | undefined {
  const statements = [...listed(license), ...listed(licenses)].slice(0, 50).flatMap(statementOf)
  return statements.length === 0 ? undefined : [...new Set(statements)]
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function statementOf(value: unknown): string[] {
  const text = typeof value === 'string' ? value : (textMember(value, 'type') ?? textMember(value, 'url') ?? '')
  const trimmed = text.slice(0, 500).trim()
  return trimmed === '' ? [] : [trimmed]
}

function textMember(value: unknown, key: string): string | undefined {
  const member = memberOf(value, key)
  return typeof member === 'string' ? member : undefined
}

function isOptional(meta: unknown, name: string): boolean {
  return memberOf(memberOf(meta, name), 'optional') === true
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

function membersOf(value: unknown): [name: string, value: unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}
