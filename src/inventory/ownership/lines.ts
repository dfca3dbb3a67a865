import { baseOf, decodeName } from '#kit/path.ts'

/** Lines after which somebody else gets a turn. */
const linesPerTurn = 10_000

/**
 * Lines whose text behind the last slash is wanted, most of a list being of interest to nobody. `undefined` now and
 * then.
 */
export function* linesNaming(content: Buffer, wanted: (baseName: string) => boolean): Generator<string | undefined> {
  const text = decodeName(content)
  let lines = 0
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(start, end)
    if (wanted(baseOf(line))) yield line
    start = end + 1
    lines += 1
    if (lines % linesPerTurn === 0) yield undefined
  }
}
