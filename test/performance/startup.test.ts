import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { projectDir } from '../helpers/components.ts'
import { temporaryDirectory } from '../helpers/seawall.ts'
import { median } from './bench/measure.ts'

const program = join(projectDir, 'bin/seawall.js')

/** Built-in modules that take milliseconds; none is of use before there is something to do. */
const heavy = new Set(['http', 'https', 'tls', 'crypto', 'zlib', 'child_process', 'worker_threads', 'module', 'url'])

describe('start-up', () => {
  it('prints the version within 1.4 times a bare start of Node', () => {
    const ratio = ratioToFloor([program, '--version'], 15)
    process.stdout.write(`start-up: --version is ${ratio.toFixed(2)} × a bare Node start\n`)
    expect(ratio).toBeLessThanOrEqual(1.4)
  })

  it('prints the help of a command within 4 times a bare start of Node', () => {
    const ratio = ratioToFloor([program, 'scan', '--help'], 7)
    process.stdout.write(`start-up: scan --help is ${ratio.toFixed(2)} × a bare Node start\n`)
    expect(ratio).toBeLessThanOrEqual(4)
  })

  it('loads one file of its own for the version', () => {
    const { files, builtins } = loadedBy(['--version'])
    expect(files).toEqual(['bin/seawall.js'])
    expect(builtins.filter((name) => heavy.has(name))).toEqual([])
  })

  it('loads neither network nor images nor advisories for help', () => {
    const { files, builtins } = loadedBy(['scan', '--help'])
    expect(files).toContain('src/cli/commands/scan.command.ts')
    expect(files.filter((file) => /^src\/(?:image|inventory|advisories|scan|report)\//.test(file))).toEqual([])
    expect(files.filter((file) => file.endsWith('.command.ts'))).toHaveLength(1)
    expect(builtins.filter((name) => ['http', 'tls', 'zlib', 'crypto'].includes(name))).toEqual([])
  })
})

/** Of medians, each pair of runs in turn. */
function ratioToFloor(args: readonly string[], rounds: number): number {
  const floor: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    floor.push(millisecondsOf(['-e', '0']))
    ours.push(millisecondsOf(args))
  }
  return median(ours) / median(floor)
}

function millisecondsOf(args: readonly string[]): number {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, args)
  expect(status).toBe(0)
  return performance.now() - start
}

const Coverage = z.object({ result: z.array(z.object({ url: z.string() })) })

/** Modules that a run compiled, as V8 lists them. */
function loadedBy(args: readonly string[]): { readonly files: string[]; readonly builtins: string[] } {
  using directory = temporaryDirectory()
  const env = { ...process.env, NODE_V8_COVERAGE: directory.path }
  expect(spawnSync(process.execPath, [program, ...args], { env }).status).toBe(0)
  const urls = readdirSync(directory.path).flatMap((name) =>
    Coverage.parse(JSON.parse(readFileSync(join(directory.path, name), 'utf8'))).result.map(({ url }) => url),
  )
  const own = `file://${projectDir}/`
  return {
    files: urls.filter((url) => url.startsWith(own)).map((url) => url.slice(own.length)),
    builtins: urls.filter((url) => /^node:(?!internal)/.test(url)).map((url) => url.slice('node:'.length)),
  }
}
