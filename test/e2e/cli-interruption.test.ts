/** Ctrl-C and `kill`, at any moment, end the program at once and leave nothing half done. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { buildSampleDatabase } from '../helpers/sample-database.ts'
import { type Outcome, seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
afterAll(() => workspace[Symbol.dispose]())

const exits = { SIGINT: 130, SIGTERM: 143 } as const
/** On a machine that has nothing else to do, where a program that does nothing takes `idleStartMs`. */
const withinMs = 500
const idleStartMs = 60

interface Interrupted extends Outcome {
  /** From the signal to the end, on a machine that has nothing else to do; zero when it had ended by itself before. */
  readonly tookMs: number
}

async function interrupt(args: readonly string[], signal: keyof typeof exits, afterMs: number): Promise<Interrupted> {
  const before = slowness()
  let sentAt = Number.POSITIVE_INFINITY
  let endedAt = 0
  const outcome = await seawall(args, {
    onStart: (child) => {
      child.once('exit', () => {
        endedAt = performance.now()
      })
      async function signalLater(): Promise<void> {
        await setTimeout(afterMs)
        if (child.exitCode === null && child.kill(signal)) sentAt = performance.now()
      }
      void signalLater()
    },
  })
  return { ...outcome, tookMs: Math.max(0, endedAt - sentAt) / Math.max(1, before, slowness()) }
}

/** How many times longer everything takes at the moment than on an idle machine. */
function slowness(): number {
  const start = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return (performance.now() - start) / idleStartMs
}

function expectCalmEnd({ exit, stdout, stderr, tookMs }: Interrupted, signal: keyof typeof exits): void {
  expect([exits[signal], 0]).toContain(exit)
  expect(tookMs).toBeLessThan(withinMs)
  expect(stderr).toMatch(/^(?:Scanning .*\n)?$/)
  expect(stdout === '' || stdout.endsWith('}\n')).toBe(true)
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('during a scan, at any moment', async () => {
    const exitCodes: number[] = []
    for (const afterMs of [20, 150, 250, 350, 450, 550, 700]) {
      const outcome = await interrupt(['scan', '--format', 'json', storefront], signal, afterMs + Math.random() * 80)
      expectCalmEnd(outcome, signal)
      exitCodes.push(outcome.exit)
    }
    expect(exitCodes).toContain(exits[signal])
  })

  it('while a registry keeps it waiting', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const outcome = await interrupt(['scan', `127.0.0.1:${port}/app:1`], signal, 1500)
    server.closeAllConnections()
    server.close()
    expect(outcome.exit).toBe(exits[signal])
    expectCalmEnd(outcome, signal)
  })

  it('while versions are still to come on standard input', async () => {
    const outcome = await seawall(['version', 'compare', 'deb', '-'], {
      onStart: (child) => {
        child.stdin?.write('1 2\n')
        if (child.stdin !== null) child.stdin.end = () => child.stdin as never
        child.stdout?.once('data', () => child.kill(signal))
      },
    })
    expect(outcome).toMatchObject({ exit: exits[signal], stdout: '<\n', stderr: '' })
  })
})

describe('a database that is being built', () => {
  it('is the old one or the new one, whenever the build is interrupted', async () => {
    using place = temporaryDirectory()
    const database = await buildSampleDatabase(place.path)
    const feed = join(place.path, 'feed.json')
    writeFileSync(feed, JSON.stringify(largeFeed()))
    const exitCodes: number[] = []
    for (const [at, afterMs] of [200, 500, 800, 1100, 1400, 1700, 2000].entries()) {
      const signal = at % 2 === 0 ? 'SIGINT' : 'SIGTERM'
      const args = ['db', 'build', '--quiet', '-o', database, `debian-tracker=${feed}`]
      const { exit, stderr, tookMs } = await interrupt(args, signal, afterMs)
      expect([exits[signal], 0], stderr).toContain(exit)
      expect(stderr).toBe('')
      expect(tookMs).toBeLessThan(withinMs)
      exitCodes.push(exit)
    }
    expect(Math.max(...exitCodes)).toBeGreaterThan(128)
    expect((await seawall(['db', 'verify', '--db', database])).status).toBe(0)
    expect(readdirSync(place.path).filter((name) => name.includes('building'))).toEqual([])
  })

  it('is not there when the first build is interrupted', async () => {
    const [feed, database] = [join(workspace.path, 'feed.json'), join(workspace.path, 'first')]
    writeFileSync(feed, JSON.stringify(largeFeed()))
    const outcome = await interrupt(['db', 'build', '-o', database, `debian-tracker=${feed}`], 'SIGINT', 700)
    expect(outcome.exit).toBe(130)
    expect(existsSync(database)).toBe(false)
  })
})

/** Takes seconds to build. */
function largeFeed(): object {
  const release = (patch: number) => ({ status: 'resolved', fixed_version: `1.${patch}`, urgency: 'low' })
  const issues = (patch: number) => ({ releases: { bookworm: release(patch), trixie: release(patch + 1) } })
  const range = (length: number) => Array.from({ length }, (_, at) => at)
  return Object.fromEntries(
    range(3000).map((at) => [
      `package-${at}`,
      Object.fromEntries(range(30).map((patch) => [`CVE-2030-${1000 + patch}`, issues(patch)])),
    ]),
  )
}
