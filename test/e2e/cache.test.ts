/** One cache, many processes: never an error, never another report, nothing read twice. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { addImage, emptyContent, startFakeRegistry, tarOf } from '../helpers/fake-registry.ts'
import { layoutPieces, ociImage, sampleImage, writePieces } from '../helpers/image-archive.ts'
import { type Outcome, type RunOptions, seawall, temporaryDirectory } from '../helpers/seawall.ts'

function scan(target: string, cache: string, args: readonly string[] = [], more: RunOptions = {}): Promise<Outcome> {
  return seawall(['scan', '--format', 'json', ...args, target], {
    ...more,
    env: { SEAWALL_CACHE: cache, ...more.env },
  })
}

async function layoutIn(directory: string): Promise<void> {
  const layers = Array.from({ length: 6 }, (_, layer) => [
    ...Array.from({ length: 200 }, (__, file) => ({
      name: `srv/${layer}/node_modules/p${file}/package.json`,
      content: JSON.stringify({ name: `p${file}`, version: `1.${layer}.${file}` }),
    })),
    { name: `srv/${layer}/package-lock.json`, content: lockOf(layer) },
    { name: `opt/${layer}.bin`, content: Buffer.alloc(8_000_000, `${layer} `) },
  ])
  const { pieces, descriptor } = ociImage(await sampleImage(layers))
  writePieces(directory, layoutPieces(pieces, [descriptor]))
}

/** Large enough to be stored beside its layer. */
function lockOf(layer: number): string {
  const names = Array.from({ length: 800 }, (_, index) => [
    `node_modules/q${layer}-${index}`,
    { version: `2.0.${index}` },
  ])
  return JSON.stringify({ name: 'app', lockfileVersion: 3, packages: Object.fromEntries(names) })
}

function cacheFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
}

describe('the layer cache', () => {
  it('lets 8 scans at once download every layer once, and a later one none', async () => {
    using workspace = temporaryDirectory()
    const layers = await Promise.all(
      [0, 1, 2, 3, 4].map((layer) => tarOf({ [`srv/${layer}/package.json`]: '{}', [`${layer}`]: Buffer.alloc(3e6) })),
    )
    const content = emptyContent()
    addImage(content, { tag: '1', layers })
    await using registry = await startFakeRegistry(content)
    const target = `${registry.host}/shop/api:1`
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: 'unix:///nowhere/podman.sock' }
    const without = await scan(target, workspace.path, ['--no-cache'], { env })
    expect(without.status, without.stderr).toBe(0)
    const downloads = () =>
      Object.values(Object.groupBy(registry.seen, ({ url }) => url))
        .flatMap((seen = []) => (/\/blobs\//.test(seen[0]?.url ?? '') ? [seen.length] : []))
        .toSorted((one, other) => one - other)
    const [, ...before] = downloads()
    expect(before).toEqual([1, 1, 1, 1, 1])
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => scan(target, workspace.path, [], { env })))
    for (const { status, stdout, stderr } of outcomes) {
      expect(status, stderr).toBe(0)
      expect(stdout).toBe(without.stdout)
    }
    const last = await scan(target, workspace.path, [], { env })
    expect(last.stdout).toBe(without.stdout)
    // The configuration is read by every scan, each layer by the one without a cache and by one of the others.
    expect(downloads()).toEqual([2, 2, 2, 2, 2, 10])
  })

  it('survives processes that are killed at any moment', async () => {
    using workspace = temporaryDirectory()
    const [layout, cache] = [join(workspace.path, 'layout'), join(workspace.path, 'cache')]
    await layoutIn(layout)
    const expected = await scan(layout, cache, ['--no-cache'])
    expect(expected.status, expected.stderr).toBe(0)
    let killed = 0
    for (let round = 0; round < 30; round += 1) {
      const outcomes = await Promise.all(
        [0, 1, 2, 3].map(async (lane) => {
          const wait = 150 + (((round * 4 + lane) * 137) % 900)
          return scan(layout, cache, [], {
            onStart: (child) => void setTimeout(wait).then(() => child.kill('SIGKILL')),
          })
        }),
      )
      for (const { status, stdout, stderr } of outcomes) {
        if (status === null) killed += 1
        else expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: expected.stdout })
      }
      if (round % 6 === 5) await seawall(['cache', 'clean'], { env: { SEAWALL_CACHE: cache } })
    }
    expect(killed).toBeGreaterThan(20)
    const last = await scan(layout, cache)
    expect(last.stdout).toBe(expected.stdout)
    expect(last.stderr).not.toContain('cache')
  })

  it('that was tampered with makes no other report', async () => {
    using workspace = temporaryDirectory()
    const [layout, cache] = [join(workspace.path, 'layout'), join(workspace.path, 'cache')]
    await layoutIn(layout)
    const { stdout } = await scan(layout, cache)
    const files = cacheFiles(cache).filter((file) => /layers|contents|inventories/.test(file.slice(cache.length)))
    expect(files).toHaveLength(13)
    for (const part of [0, 0.1, 0.5, 0.999]) {
      for (const file of files) {
        const bytes = readFileSync(file)
        const at = Math.floor(bytes.length * part)
        writeFileSync(file, bytes.fill(~(bytes[at] ?? 0) & 255, at, Math.min(at + 3, bytes.length)))
      }
      expect((await scan(layout, cache)).stdout).toBe(stdout)
    }
  })

  it('is told of, and cleaned', async () => {
    using workspace = temporaryDirectory()
    const [layout, cache] = [join(workspace.path, 'layout'), join(workspace.path, 'cache')]
    await layoutIn(layout)
    await scan(layout, cache)
    const env = { SEAWALL_CACHE: cache }
    const status = async () => JSON.parse((await seawall(['cache', 'status', '--format', 'json'], { env })).stdout)
    expect(await status()).toMatchObject({ path: cache, origin: 'environment', layers: 6, contents: 6 })
    await seawall(['cache', 'clean', '--older-than', '1h'], { env })
    expect(await status()).toMatchObject({ layers: 6 })
    expect((await seawall(['cache', 'clean'], { env })).stdout).toContain('Removed 13 files')
    expect(await status()).toMatchObject({ layers: 0, contents: 0, bytes: 0 })
  })

  it('that cannot be written is told of once, and the scan goes on', async () => {
    using workspace = temporaryDirectory()
    const [layout, cache] = [join(workspace.path, 'layout'), join(workspace.path, 'cache')]
    await layoutIn(layout)
    writeFileSync(cache, 'a file')
    const { status, stdout, stderr } = await scan(layout, cache)
    expect(status).toBe(0)
    expect(stderr.split('\n').filter((line) => line.includes('cache'))).toEqual([
      `The layer cache ${cache} is not used: it is no directory.`,
    ])
    expect(stdout).toBe((await scan(layout, cache, ['--no-cache'])).stdout)
  })
})
