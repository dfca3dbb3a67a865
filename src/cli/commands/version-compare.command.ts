import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { nearest, printable } from '#kit/text.ts'
import { versionSchemes } from '#versions/registry.generated.ts'
import { compareVersions, type VersionScheme } from '#versions/scheme.ts'
import { type CommandContext, defineCommand } from '../command.ts'

const schemes = Object.keys(versionSchemes)

export default defineCommand({
  name: 'version compare',
  summary: 'Print <, = or > for two versions of a packaging system',
  arguments: [
    { name: 'scheme', about: `how to order them: ${schemes.join(', ')}`, choices: schemes },
    { name: 'left', about: 'a version, or - to read pairs of versions from standard input' },
    { name: 'right', about: 'another version', optional: true },
  ],
  options: z.object({}),
  examples: [
    { run: 'seawall version compare deb 1.0~rc1-1 1.0-1', about: 'a release candidate comes before its release: <' },
    { run: 'seawall version compare rpm - < pairs.txt', about: 'one pair a line in, one verdict a line out' },
  ],

  async run([schemeId = '', left = '', right], _options, context) {
    const scheme = await schemeNamed(schemeId)
    if (left === '-' && right === undefined) await compareLines(scheme, context)
    else if (right === undefined)
      throw new Problem('usage', 'there is nothing to compare with', { at: left, hint: pairHint })
    else context.terminal.out(`${verdict(scheme, [left, right])}\n`)
    return 0
  },
})

const pairHint = 'Give two versions, or - and pairs of versions on standard input.'
const lineLimit = 64 * 1024

async function schemeNamed(id: string): Promise<VersionScheme<unknown>> {
  const load = Object.hasOwn(versionSchemes, id) ? versionSchemes[id] : undefined
  if (load !== undefined) return (await load()).default
  const likely = nearest(id, schemes)
  const guess = likely === undefined ? '' : `Did you mean ${likely}? `
  throw new Problem('usage', `there is no version scheme ${quoted(id)}`, {
    hint: `${guess}Known are ${schemes.join(', ')}.`,
  })
}

async function compareLines(
  scheme: VersionScheme<unknown>,
  { stdin, signal, terminal }: CommandContext,
): Promise<void> {
  let number = 0
  for await (const lines of linesOf(stdin)) {
    signal.throwIfAborted()
    let verdicts = ''
    try {
      for (const line of lines) {
        number++
        const words = line.split(/\s+/).filter((word) => word !== '')
        if (words.length > 0) verdicts += `${verdict(scheme, words, `line ${number}`)}\n`
      }
    } finally {
      if (verdicts !== '') terminal.out(verdicts)
    }
  }
}

/** The lines of each chunk together, so that a million pairs do not take a million writes. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  let before = 0
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    const tooLong = lines.findIndex((line) => line.length > lineLimit)
    rest = lines.pop() ?? ''
    if (tooLong !== -1) {
      yield lines.slice(0, tooLong)
      throw new Problem('limit_exceeded', `more than ${lineLimit} characters in a line`, {
        at: `line ${before + tooLong + 1}`,
      })
    }
    before += lines.length
    yield lines
  }
  yield [rest + decoder.decode()]
}

function verdict(scheme: VersionScheme<unknown>, words: readonly string[], at?: string): string {
  const [left, right, ...more] = words
  if (left === undefined || right === undefined || more.length > 0) {
    throw new Problem('usage', `two versions are expected, not ${words.length}`, { at, hint: pairHint })
  }
  const order = compareVersions(scheme, left, right)
  if (order !== undefined) return order < 0 ? '<' : order > 0 ? '>' : '='
  const wrong = scheme.parse(left) === undefined ? left : right
  throw new Problem('usage', `${quoted(wrong)} is not a version of the scheme ${scheme.id}`, {
    at,
    hint: `See ${scheme.spec}`,
  })
}

function quoted(text: string): string {
  return `"${printable(text.length > 80 ? `${text.slice(0, 80)}…` : text)}"`
}
