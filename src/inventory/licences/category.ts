import type { Licence } from 'spdx-expression-parse'
import { categories, type LicenceCategory, linkingExceptions, members, namedCategories } from './categories.data.ts'
import { parseExpression } from './expression.ts'
import { nameKey } from './name-key.ts'
import { normaliseLicence } from './normalise.ts'

/** Of an SPDX expression, or of a name that is none: of a choice what asks least, of several together what asks most. */
export function categoryOf(licence: string): LicenceCategory {
  const expression = parseExpression(licence)
  return expression === undefined ? ofName(licence.slice(0, 500)) : ofExpression(expression)
}

/** A name may tell its category though not its licence. An exception only ever allows more. */
function ofName(name: string): LicenceCategory {
  const [base] = name.split(/ with .{0,200}exceptions?$/i, 1)
  const whole = ofWord(name)
  if (whole !== 'unknown' || base === undefined || /[(),]/.test(base)) return whole
  const choices = base.split(/ or /i).map((choice) => strictest(choice.split(/ and /i).map(ofWord)))
  return choices.reduce((a, b) => (rank(b) < rank(a) ? b : a))
}

function ofWord(word: string): LicenceCategory {
  const meant = normaliseLicence(word)
  const expression = meant === undefined ? undefined : parseExpression(meant)
  if (expression !== undefined) return ofExpression(expression)
  const key = nameKey(word)
  return key.startsWith('public domain ') ? 'public-domain' : (namedCategories.get(key) ?? 'unknown')
}

/** What several licences that all hold come to. */
export function strictest(all: readonly LicenceCategory[]): LicenceCategory {
  return all.reduce((a, b) => (rank(b) > rank(a) ? b : a), 'public-domain')
}

/** What is forbidden: identifiers and categories, in small letters. */
export type Denied = ReadonlySet<string>

/** Whether every way to use it needs something that is denied. */
export function isDenied(licence: string, denied: Denied): boolean {
  const expression = parseExpression(licence)
  if (expression === undefined) return denied.has(categoryOf(licence)) || denied.has(licence.toLowerCase())
  return isExpressionDenied(expression, denied)
}

function isExpressionDenied(licence: Licence, denied: Denied): boolean {
  if ('conjunction' in licence) {
    const [left, right] = [isExpressionDenied(licence.left, denied), isExpressionDenied(licence.right, denied)]
    return licence.conjunction === 'or' ? left && right : left || right
  }
  return denied.has(licence.license.toLowerCase()) || denied.has(ofExpression(licence))
}

function ofExpression(licence: Licence): LicenceCategory {
  if ('conjunction' in licence) {
    const [left, right] = [ofExpression(licence.left), ofExpression(licence.right)]
    return rank(left) < rank(right) === (licence.conjunction === 'or') ? left : right
  }
  const category = byId().get(licence.license.replace(/-(?:only|or-later)$/, '')) ?? 'unknown'
  const isLinkable = licence.exception !== undefined && linkingExceptions.has(licence.exception)
  return isLinkable && (category === 'strong-copyleft' || category === 'network-copyleft') ? 'weak-copyleft' : category
}

function rank(category: LicenceCategory): number {
  return categories.indexOf(category)
}

let known: ReadonlyMap<string, LicenceCategory> | undefined

function byId(): ReadonlyMap<string, LicenceCategory> {
  known ??= new Map(
    categories.flatMap((category) =>
      category === 'unknown' ? [] : idsOf(category).map((id): [string, LicenceCategory] => [id, category]),
    ),
  )
  return known
}

/** Identifiers in a category, without `-only` and `-or-later`. */
export function idsOf(category: Exclude<LicenceCategory, 'unknown'>): string[] {
  return members[category].trim().split(/\s+/)
}
