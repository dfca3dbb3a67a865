/** Bytes that only one kind of software holds, and where its version stands beside them. */
export interface Evidence {
  /** Latin-1. Searched first, so the longer and rarer the better. */
  readonly literal: string
  /** Ends with `$`: what stands before the literal. At most `beforeBytes` are shown to it. */
  readonly before?: RegExp
  /** Starts with `^`: what stands after the literal. At most `afterBytes` are shown to it. */
  readonly after?: RegExp
  /** The part of the version that belongs to the literal: put before what the expression holds. */
  readonly start?: string
}

export const beforeBytes = 128
export const afterBytes = 256
/** No literal is longer. */
export const literalBytes = 128

/** `1.2.3`, and what may be appended to a release that is not final. */
const usual = String.raw`\d{1,5}(?:\.\d{1,5}){1,3}(?:(?:-?(?:alpha|beta|rc)|_)\.?\d{1,3})?`

/** The version stands behind the literal; a letter or digit right after it means that it is something else. */
export function followedBy(literal: string, version = usual): Evidence {
  return { literal, after: new RegExp(`^(${version})(?![\\w.])`) }
}

/** The version stands before the literal, and `mark` (an expression) before that. */
export function precededBy(literal: string, version = usual, mark = String.raw`\0`): Evidence {
  return { literal, before: new RegExp(`(?:^|${mark})(${version})$`) }
}

/** The version is a text of its own, as C keeps it: between zeros. `start` is how it always begins. */
export function alone(start: string, rest = String.raw`\d{1,4}(?:\.\d{1,4}){0,3}`): Evidence {
  return { literal: `\0${start}`, after: new RegExp(`^(${rest})\\0`), start }
}

/** Likewise, where what comes before need not be a text: anything that cannot be printed. */
export function amongData(start: string, rest: string): Evidence {
  return { literal: start, before: /(?:^|[^ -~])$/, after: new RegExp(`^(${rest})\\0`), start }
}

/** `undefined` when what stands beside a literal at `index` is no version. */
export function versionAt(bytes: Buffer, index: number, evidence: Evidence): string | undefined {
  const { literal, before, after, start = '' } = evidence
  const end = index + literal.length
  const earlier = before?.exec(bytes.toString('latin1', Math.max(0, index - beforeBytes), index))
  const later = after?.exec(bytes.toString('latin1', end, Math.min(bytes.length, end + afterBytes)))
  if (earlier === null || later === null) return undefined
  return `${start}${later?.[1] ?? earlier?.[1] ?? ''}`
}
