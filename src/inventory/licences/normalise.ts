import { formatExpression, parseExpression } from './expression.ts'
import { identifier, knownAddress, knownName } from './known-names.ts'
import { exceptionNames } from './names.data.ts'

/** Longer statements are texts, not names. */
const statementLimit = 500

/**
 * The SPDX expression that a declared licence certainly means, with current identifiers; `undefined` where it is not
 * certain. An ecosystem may give a name a meaning of its own.
 */
export function normaliseLicence(text: string, ecosystem?: string): string | undefined {
  const statement = text.trim()
  if (statement === '' || statement.length > statementLimit) return undefined
  const known = identifier(statement)
  if (known !== undefined) return known
  const written = parseExpression(statement)
  if (written !== undefined) return formatExpression(written)
  const meant = knownAddress(statement) ?? knownName(statement, ecosystem) ?? composed(statement, ecosystem)
  const licence = meant === undefined ? undefined : parseExpression(meant)
  return licence && formatExpression(licence)
}

/** What `and` and `or` make of names that are all certain. */
function composed(statement: string, ecosystem: string | undefined): string | undefined {
  const text = ecosystem === 'cran' ? statement.replace(/ ?\+ ?file LICEN[CS]E$/, '') : statement
  return new Composition(tokensOf(text, ecosystem), ecosystem).read()
}

type Token = '(' | ')' | 'and' | 'or' | ',and' | ',or' | { readonly name: string }

const operators: ReadonlyMap<string, Token> = new Map([
  ['(', '('],
  [')', ')'],
  ['and', 'and'],
  ['or', 'or'],
  ['&', 'and'],
  ['&&', 'and'],
  ['|', 'or'],
  ['||', 'or'],
  [', and', ',and'],
  [', or', ',or'],
])

const operator = /((?<=[ )])(?:and|or)(?=[ (])|, (?:and|or)(?=[ (])|[()]|\|{1,2}|&{1,2})/i

function tokensOf(text: string, ecosystem: string | undefined): Token[] {
  const plain = text
    .replaceAll(/\s{1,500}/g, ' ')
    .replaceAll(/ or (?:\(at your option\) )?(?:any )?(?:later|newer|greater)(?: versions?)?(?=[ ,)]|$)/gi, '+')
    .replaceAll(/ ?\((>= ?[\d.]{1,10})\)/g, ' $1')
  const choices = ecosystem === 'cargo' ? plain.replaceAll('/', ' or ') : plain
  return choices
    .split(operator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => operators.get(part.toLowerCase()) ?? { name: part })
}

/** Reads from the loosest operator to the tightest: a comma parts more than a word, `or` more than `and`. */
class Composition {
  readonly #tokens: readonly Token[]
  readonly #ecosystem: string | undefined
  #at = 0

  constructor(tokens: readonly Token[], ecosystem: string | undefined) {
    this.#tokens = tokens
    this.#ecosystem = ecosystem
  }

  read(): string | undefined {
    const whole = this.#level(0)
    return this.#at === this.#tokens.length ? whole : undefined
  }

  #level(depth: number): string | undefined {
    const level = levels[depth]
    if (level === undefined) return this.#term()
    const parts: (string | undefined)[] = [this.#level(depth + 1)]
    while (this.#tokens[this.#at] === level.token) {
      this.#at++
      parts.push(this.#level(depth + 1))
    }
    if (parts.length === 1) return parts[0]
    return parts.includes(undefined) ? undefined : parts.map((part) => `(${part})`).join(level.joint)
  }

  #term(): string | undefined {
    const token = this.#tokens[this.#at++]
    if (token === '(') {
      const inner = this.#level(0)
      return this.#tokens[this.#at++] === ')' ? inner : undefined
    }
    return typeof token === 'object' ? atomOf(token.name, this.#ecosystem) : undefined
  }
}

const levels: readonly { readonly token: Token; readonly joint: string }[] = [
  { token: ',or', joint: ' OR ' },
  { token: ',and', joint: ' AND ' },
  { token: 'or', joint: ' OR ' },
  { token: 'and', joint: ' AND ' },
]

function atomOf(name: string, ecosystem: string | undefined): string | undefined {
  const known = identifier(name) ?? knownAddress(name) ?? knownName(name, ecosystem)
  if (known !== undefined) return known
  const [, base, exception] = /^(.{1,200}?) with (.{1,200})$/i.exec(name) ?? []
  if (base === undefined || exception === undefined) return undefined
  const licence = identifier(base) ?? knownName(base, ecosystem)
  const expression = `${licence} WITH ${exceptionNames.get(exception.toLowerCase()) ?? exception}`
  return licence !== undefined && parseExpression(expression) !== undefined ? expression : undefined
}
