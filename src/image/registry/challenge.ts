/** One way in that a server offers, from a WWW-Authenticate field. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string
  /** Names in lower case. The first of a repeated parameter counts. */
  readonly parameters: ReadonlyMap<string, string>
}

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const gap = /[ \t,]*/y
const token68 = /[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y
const equals = /[ \t]*=[ \t]*/y
const quoted = /"((?:[^"\\]|\\.)*)"/y

/**
 * Reads the challenges of a WWW-Authenticate field, RFC 9110 section 11.6.1. What follows the first part that
 * breaks the grammar is left out.
 */
export function parseChallenges(field: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  let position = 0
  function take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = position
    const match = pattern.exec(field) ?? undefined
    if (match !== undefined) position = pattern.lastIndex
    return match
  }
  for (;;) {
    take(gap)
    const word = take(token)?.[0].toLowerCase()
    if (word === undefined) return challenges
    const current = challenges.at(-1)
    if (current !== undefined && take(equals) !== undefined) {
      const value = take(quoted)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? take(token)?.[0]
      if (value === undefined) return challenges
      if (!current.parameters.has(word)) current.parameters.set(word, value)
    } else {
      challenges.push({ scheme: word, parameters: new Map() })
      take(token68)
    }
  }
}
