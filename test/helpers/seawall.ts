import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { ScanReport } from '#model/report.ts'
import { projectDir } from './components.ts'

export interface Outcome {
  readonly status: number | null
  /** As a shell tells it: 128 and the number of the signal, where one ended the program. */
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  /** Largest resident set of the process, in bytes. */
  readonly peakBytes: number
  /** What all its threads together kept processors busy. */
  readonly processorMs: number
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly cwd?: string
  /** Called with the running process, so that a test can interrupt it. */
  readonly onStart?: (child: ChildProcess) => void
}

const program = join(projectDir, 'bin/seawall.js')
const memoryProbe = join(import.meta.dirname, 'peak-memory.mjs')

/** Runs the program as a user would, in a home of its own so that no cache of this machine plays a part. */
export async function seawall(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  using home = temporaryDirectory()
  const child = spawn(process.execPath, ['--import', memoryProbe, program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home.path, ...options.env },
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  options.onStart?.(child)
  child.stdin?.on('error', () => undefined).end(options.input ?? '')
  const [stdout, stderr, memory] = await Promise.all([child.stdout, child.stderr, child.stdio[3]].map(textOf))
  const status = await new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })
  const exit = status ?? 128 + constants.signals[child.signalCode ?? 'SIGKILL']
  const [kibibytes = Number.NaN, microseconds = Number.NaN] = (memory ?? '').split(' ').map(Number)
  const measured = { peakBytes: kibibytes * 1024, processorMs: microseconds / 1000 }
  return { status, exit, stdout: stdout ?? '', stderr: stderr ?? '', ...measured }
}

/** Scans to JSON; fails the test when the program does not end well. */
export async function scanToJson(args: readonly string[], options: RunOptions = {}): Promise<ScanReport> {
  const { status, stdout, stderr } = await seawall(['scan', '--format', 'json', ...args], options)
  if (status !== 0) throw new Error(`seawall scan ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return z.custom<ScanReport>((value) => typeof value === 'object').parse(JSON.parse(stdout))
}

/** A directory that goes away with the scope. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'seawall-test-'))
  mkdirSync(path, { recursive: true })
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function textOf(stream: unknown): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
