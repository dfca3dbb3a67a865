import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { formatBytes } from '#kit/text.ts'
import { seawall } from '../../helpers/seawall.ts'

export interface Measured {
  readonly milliseconds: number
  readonly peakBytes?: number
  readonly processorMs?: number
}

/** One thing to run, again and again. */
export type Run = () => Promise<Measured>

export interface Case {
  readonly name: string
  /** What it is held against; run in turn with it, so that both see the same machine. */
  readonly floor: { readonly name: string; readonly run: Run }
  readonly run: Run
  /** The most it may take, in floors. */
  readonly limit?: number
  /** The most it may take beyond the floor. */
  readonly limitMs?: number
  readonly peakLimitBytes?: number
  /** How often, where it is not worth the usual number. */
  readonly rounds?: number
}

export interface Result {
  readonly name: string
  readonly floorName: string
  readonly floorMs: number
  readonly milliseconds: number
  readonly ratio: number
  readonly limit: number | undefined
  readonly limitMs: number | undefined
  readonly peakBytes: number | undefined
  readonly peakLimitBytes: number | undefined
}

/** Medians of times; the highest of the peaks. */
export async function measure(one: Case, rounds: number): Promise<Result> {
  const floors: Measured[] = []
  const runs: Measured[] = []
  for (let round = 0; round < (one.rounds ?? rounds); round += 1) {
    floors.push(await one.floor.run())
    runs.push(await one.run())
  }
  const floorMs = median(floors.map(({ milliseconds }) => milliseconds))
  const milliseconds = median(runs.map((each) => each.milliseconds))
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? [])
  return {
    name: one.name,
    floorName: one.floor.name,
    floorMs,
    milliseconds,
    ratio: milliseconds / floorMs,
    limit: one.limit,
    limitMs: one.limitMs,
    peakBytes: peaks.length === 0 ? undefined : Math.max(...peaks),
    peakLimitBytes: one.peakLimitBytes,
  }
}

export function isMet({ limit = unlimited, limitMs = unlimited, peakLimitBytes = unlimited, ...is }: Result): boolean {
  const isFast = is.ratio <= limit && is.milliseconds - is.floorMs <= limitMs
  return isFast && (is.peakBytes ?? 0) <= peakLimitBytes
}

const unlimited = Number.POSITIVE_INFINITY

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Any program, its output dropped. */
export function program(command: string, ...args: readonly string[]): Run {
  return async () => {
    const start = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const [status]: unknown[] = await once(child, 'close')
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}`)
    return { milliseconds: performance.now() - start }
  }
}

/** Our program in a home of its own, so that it knows nothing yet; or in `home`. */
export function ours(args: readonly string[], home?: string): Run {
  return async () => {
    const start = performance.now()
    const { status, stderr, peakBytes, processorMs } = await seawall(
      args,
      home === undefined ? {} : { env: { HOME: home } },
    )
    if (status !== 0) throw new Error(`seawall ${args.join(' ')} ended with ${String(status)}:\n${stderr}`)
    return { milliseconds: performance.now() - start, peakBytes, processorMs }
  }
}

const columns = ['case', 'median', 'floor', 'ratio', 'at most', 'peak memory'] as const

/** The results as a table of Markdown. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.name,
    seconds(result.milliseconds),
    `${seconds(result.floorMs)} (${result.floorName})`,
    `${result.ratio.toFixed(2)}${isMet(result) ? '' : ' ✗'}`,
    limitOf(result),
    result.peakBytes === undefined ? '' : formatBytes(result.peakBytes),
  ])
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

function limitOf({ limit, limitMs }: Result): string {
  return limitMs === undefined ? `${limit ?? ''}` : `+ ${seconds(limitMs)}`
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`
}
