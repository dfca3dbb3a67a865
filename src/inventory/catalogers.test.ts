import { existsSync, globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '#image/entry.ts'
import { overlay } from '#image/file-tree.ts'
import { formatPurl, parsePurl } from '#model/purl.ts'
import type { Cataloger } from './cataloger.ts'
import { catalog, type Inventory } from './inventory.ts'
import { catalogers } from './registry.generated.ts'
import { selectorFor } from './selector.ts'

const here = import.meta.dirname

/**
 * A case is a small root file system at src/inventory/<ecosystem>/fixtures/<id>/<case>/, and `expected.json` beside
 * what it holds. It is read as a scan reads an image: the selector keeps content, and `catalog` does the rest.
 */
describe.each(Object.entries(catalogers))('cataloger %s', async (id, load) => {
  const cataloger = (await load()).default
  const cases = globSync(`*/fixtures/${id}/*/`, { cwd: here }).toSorted()

  it('is named after its file, says where its format is described, and has a fixture', () => {
    expect(cataloger.id).toBe(id)
    expect(cataloger.spec).toMatch(/^https:\/\//)
    expect(cataloger.files.length > 0 || cataloger.probe !== undefined || cataloger.folders !== undefined).toBe(true)
    expect(cases, `add src/inventory/<ecosystem>/fixtures/${id}/<case>/`).not.toEqual([])
  })

  it.each(cases)('%s', async (dir) => {
    const { distribution, packages, unknowns, missing } = await inventoryOf(cataloger, readCase(dir))
    const { contentSets, builds } = distribution ?? {}
    const text = JSON.stringify(
      { contentSets, builds, packages, unknowns },
      (key, value) => (origin.has(key) ? undefined : value),
      2,
    )
    expect(missing).toEqual([])
    await expect(`${text}\n`).toMatchFileSnapshot(join(here, dir, 'expected.json'))
  })

  it('keeps every promise in some fixture', async () => {
    const inventories = await Promise.all(cases.map((dir) => inventoryOf(cataloger, readCase(dir))))
    const packages = inventories.flatMap((inventory) => inventory.packages)
    const kept = {
      packages: packages.length > 0,
      sources: packages.some(({ source }) => source !== undefined),
      architectures: packages.some(({ architecture }) => architecture !== undefined),
      modules: packages.some(({ module }) => module !== undefined),
      repositories: packages.some(({ repository }) => repository !== undefined),
      licences: packages.some(({ licences }) => licences !== undefined),
      hashes: packages.some(({ hashes }) => hashes !== undefined),
      dependencies: packages.some(({ dependencies }) => dependencies !== undefined),
    }
    expect(cataloger.finds.filter((promise) => !kept[promise])).toEqual([])
    for (const { purl, ecosystem, locations } of packages) {
      const parsed = parsePurl(purl)
      expect(parsed && formatPurl(parsed)).toBe(purl)
      expect([ecosystem, 'several']).toContain(cataloger.ecosystem)
      expect(locations.every((location) => location.startsWith('/'))).toBe(true)
    }
  })

  const files = cases.flatMap((dir) => wantedFiles(cataloger, readCase(dir)).map((path) => ({ dir, path })))

  it.each(files)('survives damage to $path of $dir', async ({ dir, path }) => {
    const nodes = readCase(dir)
    const whole = nodes.get(path)?.content ?? Buffer.alloc(0)
    await fc.assert(
      fc.asyncProperty(damages(whole), async (content) => {
        const started = performance.now()
        const node = nodes.get(path)
        await inventoryOf(cataloger, node === undefined ? nodes : new Map([...nodes, [path, { ...node, content }]]))
        expect(performance.now() - started).toBeLessThan(5000)
      }),
      { numRuns: 50 },
    )
  })
})

/** Members of a found package that are the same throughout a fixture. */
const origin = new Set(['layerIndex', 'cataloger'])

type Nodes = ReadonlyMap<string, Entry>

/** Every file with its whole content. */
function readCase(dir: string): Nodes {
  const nodes = nodesBelow(join(here, dir), '').filter(({ path }) => path !== 'expected.json')
  return new Map(nodes.map((node) => [node.path, node] as const))
}

function nodesBelow(root: string, folder: string): Entry[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): Entry[] => {
    const path = join(folder, entry.name)
    const file = join(root, path)
    const common = { path, size: 0, mode: 0o644, uid: 0, gid: 0 }
    if (entry.isSymbolicLink()) return [{ ...common, type: 'symlink', linkTarget: readlinkSync(file) }]
    if (entry.isDirectory()) return [{ ...common, type: 'directory' }, ...nodesBelow(root, path)]
    const content = readFileSync(file)
    return [{ ...common, type: 'file', size: content.length, content }]
  })
}

/** As a scan does it: what was missing is read a second time. */
async function inventoryOf(cataloger: Cataloger, nodes: Nodes): Promise<Inventory> {
  const first = await catalogKept(cataloger, nodes, new Set())
  return first.missing.length === 0 ? first : await catalogKept(cataloger, nodes, new Set(first.missing))
}

async function catalogKept(cataloger: Cataloger, nodes: Nodes, more: ReadonlySet<string>): Promise<Inventory> {
  const kept = new Map([...nodes].map(([path, node]) => [path, { ...node, content: keep(cataloger, node, more) }]))
  const tree = overlay([{ entries: [...kept.values()], unknowns: [], bytes: 0 }])
  return await catalog(tree, { catalogers: [cataloger], more, signal: AbortSignal.timeout(30_000) })
}

function keep(cataloger: Cataloger, { path, content }: Entry, more: ReadonlySet<string>): Buffer | undefined {
  if (content === undefined) return undefined
  const selector = selectorFor([cataloger], more)
  if (selector.wants(path)) return content
  const probe = selector.probe(content.subarray(0, 64), content.length, path)
  for (let at = 0; at < content.length; at += 65_536) probe?.write(content.subarray(at, at + 65_536))
  return probe?.end()
}

function wantedFiles(cataloger: Cataloger, nodes: Nodes): string[] {
  return [...nodes.values()].filter((node) => keep(cataloger, node, new Set()) !== undefined).map(({ path }) => path)
}

/** Cut, spliced or flipped. */
function damages(whole: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(whole.length)
  const junk = fc.uint8Array({ maxLength: 40 })
  const flips = fc.array(fc.tuple(fc.nat(Math.max(whole.length - 1, 0)), fc.nat(255)), { minLength: 1, maxLength: 8 })
  return fc.oneof(
    at.map((end) => whole.subarray(0, end)),
    fc
      .tuple(at, at, junk)
      .map(([from, to, bytes]) => Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(to)])),
    flips.map((changes) => {
      const flipped = Buffer.from(whole)
      for (const [index, value] of changes) flipped.fill(value, index, index + 1)
      return flipped
    }),
  )
}

it('has no fixtures without a cataloger', () => {
  const folders = globSync('*/fixtures/*/', { cwd: here }).filter((dir) => existsSync(join(here, dir)))
  expect(folders.map((dir) => basename(dir)).filter((name) => !Object.hasOwn(catalogers, name))).toEqual([])
})
