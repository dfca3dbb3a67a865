/** What a terminal shows, and that everything else gets no control sequence. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasTerminals, projectDir } from '../helpers/components.ts'
import { addImage, emptyContent, tarOf } from '../helpers/fake-registry.ts'
import { seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { inShell, storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
afterAll(() => workspace[Symbol.dispose]())

const escape = '\u001b'

describe('without a terminal', () => {
  it.each([
    [{}, false],
    [{ CI: 'true', GITHUB_ACTIONS: 'true' }, false],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, false],
    [{ NO_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', CI: 'true' }, true],
  ])('%j: the table is coloured: %j', async (env, isColored) => {
    const { stdout, stderr } = await seawall(['scan', storefront], { env })
    expect(stdout.includes(escape)).toBe(isColored)
    expect(stderr).toBe(`Scanning ${storefront}, an OCI archive\n`)
  })
})

interface Shown {
  /** Everything that was sent to the terminal. */
  readonly sent: string
  /** What is left on the screen. */
  readonly screen: string
  readonly exit: number
}

/** Runs a line on a terminal of its own; `keys` are typed once the text that they wait for is seen. */
async function onTerminal(
  line: string,
  {
    env = {},
    keys,
  }: { env?: Readonly<Record<string, string>>; keys?: { readonly after: string; readonly type: string } },
): Promise<Shown> {
  const typescript = join(workspace.path, `typescript-${Math.random()}`)
  const command = `stty cols 100 rows 40; ${line}; echo "exit=$?"`
  const child = spawn('script', ['-qefc', command, typescript], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: workspace.path,
      // Every scan shall have something to read.
      SEAWALL_CACHE_MAX: '0',
      TERM: 'xterm-256color',
      SHELL: '/bin/bash',
      SEAWALL: `${process.execPath} ${join(projectDir, 'bin/seawall.js')}`,
      STOREFRONT: storefront,
      ...env,
    },
    cwd: workspace.path,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let seen = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const before = seen
    seen += chunk.toString()
    if (keys !== undefined && !before.includes(keys.after) && seen.includes(keys.after)) child.stdin.write(keys.type)
  })
  await new Promise((resolve) => {
    child.once('close', resolve)
  })
  child.stdin.end()
  return { sent: seen, screen: screenOf(seen), exit: Number(/exit=(\d+)/.exec(seen)?.[1]) }
}

/** The lines that stay, for the few sequences that the program sends; any other would stay in them and be seen. */
function screenOf(sent: string): string {
  const lines = ['']
  let [row, column] = [0, 0]
  for (const [token] of sent.matchAll(sequences)) {
    const up = /^.\[(\d+)A$/.exec(token)
    if (up !== null) row -= Number(up[1])
    else if (token === `${escape}[J`) lines.splice(row, lines.length, (lines[row] ?? '').slice(0, column))
    else if (token === '\r') column = 0
    else if (token === '\n') lines[(row += 1)] ??= ''
    else if (!/^.\[[\d;]*m$/.test(token)) {
      const line = lines[row] ?? ''
      lines[row] = line.slice(0, column) + token + line.slice(column + token.length)
      column += token.length
    }
  }
  return lines.join('\n')
}

// oxlint-disable-next-line no-control-regex -- a terminal is driven by them
const sequences = /\u001b\[[\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+|\u001b/g

describe.skipIf(!hasTerminals())('on a terminal (needs script, pseudo-terminals)', () => {
  let registry: SlowRegistry
  beforeAll(async () => {
    registry = await startSlowRegistry()
  })
  afterAll(() => registry.stop())

  it('the table is coloured and as wide as the terminal', async () => {
    const { sent, screen, exit } = await onTerminal('$SEAWALL scan $STOREFRONT', {})
    expect(exit).toBe(0)
    expect(sent).toContain(`${escape}[1m`)
    const lines = screen.split('\n')
    expect(lines[0]).toBe(`Scanning ${storefront}, an OCI archive`)
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}minimist +1\.2\.0 +1\.2\.6 +2 +critical/))
    expect(Math.max(...lines.filter((line) => line.startsWith('  ')).map((line) => line.length))).toBeLessThanOrEqual(
      100,
    )
  })

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }])('%j: no colour', async (env) => {
    const { sent } = await onTerminal('$SEAWALL scan $STOREFRONT', { env })
    expect(sent).not.toContain(`${escape}[1m`)
    expect(sent).not.toContain(`${escape}[3`)
  })

  it('progress is shown while it lasts: bytes, layers; nothing of it is left', async () => {
    const { sent, screen, exit } = await onTerminal(`$SEAWALL scan ${registry.host}/app:1 2>&1 >result.txt`, {})
    expect(exit).toBe(0)
    expect(sent).toMatch(/. downloading {2}[\d.]+ k?B of [\d.]+ k?B \(\d+ %\)/)
    expect(sent).toMatch(/. layers read {2}1 of 2 \(50 %\)/)
    expect(screen.trimEnd()).toMatch(/^Scanning \S+app:1 from the registry \S+\nexit=0$/)
    expectRestored(sent)
  })

  it('Ctrl-C ends it at once and leaves no trace', async () => {
    const keys = { after: 'downloading', type: '\u0003' }
    const { sent, screen } = await onTerminal(`trap : INT; $SEAWALL scan ${registry.host}/app:1`, { keys })
    expect(screen).toMatch(/^Scanning \S+app:1 from the registry \S+\n(?:\^C)?\n?exit=130\n*$/)
    expectRestored(sent)
  })

  it.each([
    ['CI=true', '', { CI: 'true' }],
    ['a dumb terminal', '', { TERM: 'dumb' }],
    ['--quiet', '--quiet', {}],
  ])('no progress under %s', async (_name, option, env) => {
    const { sent, exit } = await onTerminal(`$SEAWALL scan ${option} ${registry.host}/app:1 >result.txt`, { env })
    expect(exit).toBe(0)
    expect(sent).not.toContain('downloading')
    expect(sent).not.toContain(escape)
  })

  it('no progress in a pipe', async () => {
    const { stdout } = await inShell(`seawall scan ${registry.host}/app:1 2>&1 >/dev/null | cat`)
    expect(stdout).toMatch(/^Scanning [^\n]+\n$/)
  })

  it('a build of a database says which records it reads', async () => {
    const feed = join(workspace.path, 'tracker.json')
    const entries = Array.from({ length: 40_000 }, (_, at) => [
      `package-${at}`,
      { 'CVE-2030-1000': { releases: { bookworm: { status: 'open', urgency: 'low' } } } },
    ])
    writeFileSync(feed, JSON.stringify(Object.fromEntries(entries)))
    const { sent, screen } = await onTerminal(`$SEAWALL db build -o ${workspace.path}/db debian-tracker=${feed}`, {})
    expect(sent).toMatch(/. records of debian-tracker {2}[\d,]+/)
    expect(screen).not.toContain('records of')
    expectRestored(sent)
  })
})

/** The cursor was never hidden, and the last colour that was set was taken back. */
function expectRestored(sent: string): void {
  expect(sent).not.toContain(`${escape}[?25l`)
  // oxlint-disable-next-line no-control-regex -- a terminal is driven by them
  expect([...sent.matchAll(/\u001b\[[\d;]*m/g)].at(-1)?.[0] ?? `${escape}[39m`).toMatch(/\[(?:0|22|39)?m$/)
}

interface SlowRegistry {
  readonly host: string
  stop(): void
}

/** Gives layers in small pieces, so that there is time to watch. */
async function startSlowRegistry(): Promise<SlowRegistry> {
  const content = emptyContent()
  const layers = await Promise.all([60_000, 120_000].map((size) => tarOf({ [`opt/${size}`]: randomBytes(size) })))
  addImage(content, { tag: '1', layers })
  const server = createServer((request, response) => {
    const [, kind = '', name = ''] = /\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? []
    const manifest = kind === 'manifests' ? content.manifests.get(name) : undefined
    const blob = kind === 'blobs' ? content.blobs.get(name) : undefined
    if (manifest !== undefined) response.writeHead(200, { 'content-type': manifest.mediaType }).end(manifest.body)
    else if (blob !== undefined) void trickle(blob, response)
    else response.writeHead(request.url === '/v2/' ? 200 : 404).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function trickle(blob: Buffer, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-length': blob.length })
  const pieceBytes = Math.ceil(blob.length / 6)
  const pauseMs = blob.length < 1000 ? 0 : blob.length / 1000
  for (let start = 0; start < blob.length && !response.destroyed; start += pieceBytes) {
    response.write(blob.subarray(start, start + pieceBytes))
    await setTimeout(pauseMs)
  }
  response.end()
}
