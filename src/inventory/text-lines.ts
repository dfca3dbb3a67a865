/** One line after another without its end, so that a large file is never a large array. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const stop = end === -1 ? text.length : end
    yield text.slice(start, text[stop - 1] === '\r' && stop > start ? stop - 1 : stop)
    start = stop + 1
  }
}
