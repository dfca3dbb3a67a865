/** A part of a blob: from `start` up to, but not including, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Merging {
  /** Spans that are no further apart are asked for as one: the bytes between cost less than a request. */
  readonly gapBytes: number
  /** With more spans than this, wider gaps are bridged, too. */
  readonly spans: number
  /** What is longer is not joined to anything. */
  readonly spanBytes: number
}

/** The spans to ask for, so that each of `wanted` lies in one of them: in order, apart from each other. */
export function mergeSpans(wanted: readonly Span[], { gapBytes, spans, spanBytes }: Merging): Span[] {
  const apart = join(
    wanted.toSorted((a, b) => a.start - b.start || a.end - b.end),
    { gapBytes, spanBytes },
  )
  if (apart.length <= spans) return apart
  const gaps = apart.slice(1).map(({ start }, index) => start - (apart[index]?.end ?? 0))
  const bridged = gaps.toSorted((a, b) => a - b)[apart.length - spans - 1]
  return join(apart, { gapBytes: bridged ?? gapBytes, spanBytes })
}

function join(sorted: readonly Span[], { gapBytes, spanBytes }: Omit<Merging, 'spans'>): Span[] {
  const joined: { start: number; end: number }[] = []
  for (const { start, end } of sorted) {
    const last = joined.at(-1)
    const isNear = last !== undefined && start - last.end <= gapBytes && end - last.start <= spanBytes
    if (last !== undefined && (isNear || start < last.end)) last.end = Math.max(last.end, end)
    else joined.push({ start, end })
  }
  return joined
}
