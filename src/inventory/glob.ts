import picomatch from 'picomatch'

/** Segments of a glob; the first may be `**`, each other one stands for exactly one name. */
export interface Glob {
  readonly text: string
  /** Begins with `**`, which is then not among the segments. */
  readonly isAnywhere: boolean
  readonly segments: readonly Segment[]
}

export interface Segment {
  /** Absent when several names match. */
  readonly name: string | undefined
  /** What can follow the last dot of a name that matches; absent where that cannot be told. */
  readonly endings: readonly string[] | undefined
  readonly matches: (name: string) => boolean
}

export function parseGlob(text: string): Glob {
  const segments = text.split('/')
  const isAnywhere = segments[0] === '**'
  const rest = segments.slice(isAnywhere ? 1 : 0)
  if (rest.length === 0 || rest.includes('**')) throw new RangeError(`** may only begin a glob: ${text}`)
  return { text, isAnywhere, segments: rest.map(segmentOf) }
}

/** A name may hold a line end, which `.` of a regular expression takes with the flag `s` only. */
function segmentOf(segment: string): Segment {
  if (!/[*?[\]{}()!+@\\]/.test(segment)) {
    return { name: segment, endings: undefined, matches: (name) => name === segment }
  }
  return { name: undefined, endings: endingsOf(segment), matches: matcherOf(segment) }
}

/** One star between two texts, which is what most are, needs no regular expression. */
function matcherOf(segment: string): (name: string) => boolean {
  const [, start, end] = /^([^*?[\]{}()!+@\\]*)\*([^*?[\]{}()!+@\\]*)$/.exec(segment) ?? []
  if (start === undefined || end === undefined || start + end === '') return picomatch(segment, pattern)
  const least = start.length + end.length
  return (name) => name.length >= least && name.endsWith(end) && name.startsWith(start)
}

const pattern = { dot: true, flags: 's' }

/** Of `*.jar`, `*.spdx.json` and `*.{jar,war}`; of what comes before the last dot nothing must be known. */
function endingsOf(segment: string): string[] | undefined {
  const [, one, several] = /\.(?:([^.*?[\]{}()!+@\\]+)|\{([^.*?[\]{}()!+@\\]+)\})$/.exec(segment) ?? []
  return one === undefined ? several?.split(',') : [one]
}

/** From the end, so that a long path costs no more than the glob is long. */
export function matchesGlob({ isAnywhere, segments }: Glob, path: string): boolean {
  let end = path.length
  for (let index = segments.length - 1; index >= 0; index--) {
    if (end < 0) return false
    const slash = end === 0 ? -1 : path.lastIndexOf('/', end - 1)
    if (segments[index]?.matches(path.slice(slash + 1, end)) !== true) return false
    end = slash
  }
  return isAnywhere || end === -1
}

/** Whether the path is below a folder that the glob names. */
export function isBelow({ segments }: Glob, path: string): boolean {
  const names = path.split('/', segments.length + 1)
  return names.length > segments.length && segments.every(({ matches }, index) => matches(names[index] ?? ''))
}
