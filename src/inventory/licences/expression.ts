import parse, { type Licence } from 'spdx-expression-parse'
import { replacements } from './replacements.data.ts'

/** Longer texts are no expressions: the parser needs a stack frame for each operator. */
const expressionLimit = 2000

/** An SPDX licence expression (SPDX 2.3 annex D) as a tree; `undefined` where the text is none. */
export function parseExpression(text: string): Licence | undefined {
  if (text.length > expressionLimit) return undefined
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** The expression in one spelling: operators in capitals, no needless brackets, current identifiers for deprecated ones. */
export function formatExpression(licence: Licence): string {
  if ('license' in licence) return formatSingle(licence)
  const { left, conjunction, right } = licence
  const parts = [left, right].map((part) => {
    const text = formatExpression(part)
    return conjunction === 'and' && isChoice(part) ? `(${text})` : text
  })
  return parts.join(conjunction === 'and' ? ' AND ' : ' OR ')
}

/** What the deprecated identifier stands for may be more than one identifier, such as one with an exception. */
function formatSingle({ license, plus, exception }: Exclude<Licence, { readonly conjunction: string }>): string {
  const spelled = plus === true ? `${license}+` : license
  const current = replacements.get(spelled) ?? spelled
  if (exception === undefined) return current
  return current.includes(' ') ? `${spelled} WITH ${exception}` : `${current} WITH ${exception}`
}

function isChoice(licence: Licence): boolean {
  if ('conjunction' in licence) return licence.conjunction === 'or'
  return formatSingle(licence).includes(' OR ')
}
