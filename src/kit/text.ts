/** C0 and C1 controls, DEL, bidirectional overrides and line separators: what could drive a terminal or forge a line. */
// oxlint-disable-next-line no-control-regex -- these are exactly the characters that must not reach a terminal
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text from outside made safe to print on one line: every control character becomes `\u{hex}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
}

/** `1 package`, `2 packages`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`
}

/** `1.2 MB` and the like, decimal units, three digits at most. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? 'B'}`
}

/** Bytes of `500MB`, `2GiB`, `0`; `undefined` when it is none of these. */
export function parseBytes(text: string): number | undefined {
  const [, amount, prefix = '', binary] = /^(\d{1,9}(?:\.\d{1,3})?) ?(?:([kKMGT]?)(i?)B?)?$/.exec(text) ?? []
  if (amount === undefined) return undefined
  const base = binary === 'i' ? 1024 : 1000
  return Math.round(Number(amount) * base ** ' KMGT'.indexOf(prefix === '' ? ' ' : prefix.toUpperCase()))
}

/** Whole milliseconds of `90s`, `5m`, `1h30m`, `7d`, `250ms`; `undefined` when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  if (!/^(?:\d{1,9}(?:ms|s|m|h|d)){1,4}$/.test(text)) return undefined
  return [...text.matchAll(/(\d{1,9})(ms|s|m|h|d)/g)].reduce(
    (sum, [, amount = '', unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  )
}

/** The candidate that is fewest edits away, when it is close enough to be a likely slip. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.slice(0, 64), candidate) }))
    .toSorted((a, b) => a.distance - b.distance)
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) && best.distance < word.length
    ? best.candidate
    : undefined
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
