import { linesOf } from '../text-lines.ts'

/** Fields of a Debian-like control file as R writes them, continuation lines joined; the first of a name counts. */
export function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string[]>()
  let lines: string[] | undefined
  for (const line of linesOf(text)) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      lines?.push(line.trim())
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    lines = colon > 0 && !fields.has(name) ? [line.slice(colon + 1).trim()] : undefined
    if (lines !== undefined) fields.set(name, lines)
  }
  return new Map([...fields].map(([name, parts]) => [name, parts.join(' ').trim()]))
}

/** Names in lists such as `R (>= 3.5), methods, Rcpp`; R itself is none. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .flatMap((item) => /^\s{0,20}([A-Za-z][A-Za-z0-9.]{0,200})/.exec(item)?.[1] ?? [])
    .filter((name) => name !== 'R')
}
