import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { contentsOf, type LayerFixture, rootOf } from '../../test/helpers/root.ts'
import { type Cataloger, defineCataloger, type Found } from './cataloger.ts'
import { catalog } from './inventory.ts'
import { packNotes } from './probe-notes.ts'

/** One package per line: `name version`; `!problem` and `!bug` fail, `?reason` is an unknown. */
const lines = defineCataloger({
  id: 'lines',
  version: 1,
  ecosystem: 'npm',
  proves: 'installed',
  title: 'Lines',
  spec: 'https://example.org/',
  files: ['var/lib/lines/status', 'var/lib/lines/status.d/*', 'lib/lines/db', 'usr/lib/lines/db', '**/names.txt'],
  finds: ['packages'],
  async *catalog(file): AsyncGenerator<Found> {
    for (const line of (await file.text()).split('\n')) {
      const location = `/${file.path}`
      if (line === '!problem') throw new Problem('malformed', 'the line is bad')
      if (line === '!bug') throw new TypeError('bug')
      if (line.startsWith('?')) yield { unknown: { path: location, reason: line.slice(1) } }
      else yield { package: packageOf(line, location) }
    }
  },
})

function packageOf(line: string, location: string) {
  const [name = '', version = ''] = line.split(' ')
  return { purl: `pkg:npm/${name}@${version}`, name, version, ecosystem: 'npm', locations: [location] } as const
}

/** Finds the first word of files that begin with `#!`. */
const scripts: Cataloger = {
  ...lines,
  id: 'scripts',
  files: [],
  probe: (head) => {
    if (Buffer.from(head).toString('latin1', 0, 2) !== '#!') return undefined
    let text = ''
    return {
      write: (chunk) => {
        text += Buffer.from(chunk).toString()
      },
      end: () => Buffer.from(text.split('\n')[1] ?? ''),
    }
  },
}

type Files = LayerFixture

async function inventoryOf(files: Files, more: readonly string[] = [], catalogers: readonly Cataloger[] = [lines]) {
  const signal = new AbortController().signal
  const inventory = await catalog(rootOf(files), { catalogers, more: new Set(more), signal })
  const found = inventory.packages.map(({ purl, locations }) => `${purl} ${locations.join(' ')}`)
  return { ...inventory, found }
}

describe('the inventory', () => {
  it('has every package of every file, in an order of its own', async () => {
    const { found, catalogers, distribution } = await inventoryOf({
      'z/names.txt': 'b 1\na 2\na 10',
      'a/names.txt': 'a 2',
      'a/other.txt': 'c 1',
      'etc/os-release': 'ID=debian\nVERSION_ID=12',
    })
    expect(found).toEqual([
      'pkg:npm/a@10 /z/names.txt',
      'pkg:npm/a@2 /a/names.txt',
      'pkg:npm/a@2 /z/names.txt',
      'pkg:npm/b@1 /z/names.txt',
    ])
    expect(catalogers).toEqual([{ id: 'lines', files: 2, packages: 4 }])
    expect(distribution).toMatchObject({ id: 'debian', versionId: '12' })
  })

  it('keeps what was found before a file went bad, and every other file', async () => {
    const { found, unknowns } = await inventoryOf({
      'a/names.txt': 'a 1\n!problem\nb 1',
      'b/names.txt': '?is odd\nc 1',
    })
    expect(found).toEqual(['pkg:npm/a@1 /a/names.txt', 'pkg:npm/c@1 /b/names.txt'])
    expect(unknowns).toEqual([
      { path: '/a/names.txt', reason: 'the line is bad' },
      { path: '/b/names.txt', reason: 'is odd' },
    ])
  })

  it('does not take a bug for damage', async () => {
    await expect(inventoryOf({ 'a/names.txt': '!bug' })).rejects.toThrow(TypeError)
  })

  it('stops when it is told to', async () => {
    const options = { catalogers: [lines], signal: AbortSignal.abort() }
    await expect(catalog(rootOf({ 'a/names.txt': 'a 1' }), options)).rejects.toThrow('aborted')
  })

  it('counts a package that two entries of one file name once', async () => {
    const { found } = await inventoryOf({ 'a/names.txt': 'a 1\na 1' })
    expect(found).toEqual(['pkg:npm/a@1 /a/names.txt'])
  })

  it('stops at a number of packages that no image has, and says so', async () => {
    const tree = rootOf({ 'a/names.txt': 'a 1\na 2', 'b/names.txt': 'b 1', 'c/names.txt': 'c 1' })
    const options = { catalogers: [lines], packagesLimit: 2, signal: new AbortController().signal }
    const { packages, unknowns } = await catalog(tree, options)
    expect(packages.map(({ name }) => name)).toEqual(['a', 'a', 'b'])
    expect(unknowns).toEqual([{ path: '/', reason: 'there are more than 2 packages: the rest was not read' }])
  })

  it('says what a release file was cut at', async () => {
    const { unknowns, distribution } = await inventoryOf({ 'etc/os-release': `ID=debian\n${'#'.repeat(70_000)}` })
    expect(distribution?.id).toBe('debian')
    expect(unknowns).toEqual([{ path: '/etc/os-release', reason: 'only the first 65536 bytes were looked at' }])
  })
})

describe('links', () => {
  it.each<[string, Files, string]>([
    ['a file', { 'var/lib/lines/status': { link: '/opt/status' }, 'opt/status': 'a 1' }, '/var/lib/lines/status'],
    ['a folder', { 'var/lib/lines': { link: '../../opt' }, 'opt/status': 'a 1' }, '/var/lib/lines/status'],
    [
      'the folder of a glob',
      { 'var/lib/lines': { link: '/opt' }, 'opt/status.d/x': 'a 1' },
      '/var/lib/lines/status.d/x',
    ],
    ['a chain', { 'var/lib/lines': { link: '/b' }, b: { link: 'c' }, 'c/status': 'a 1' }, '/var/lib/lines/status'],
  ])('to %s lead to what is read', async (_, files, location) => {
    const target = Object.keys(files).find((path) => typeof files[path] === 'string') ?? ''
    const unread = await inventoryOf({ ...files, [target]: undefined })
    expect(unread).toMatchObject({ found: [], missing: [target] })
    const read = await inventoryOf(files, [target])
    expect(read).toMatchObject({ found: [`pkg:npm/a@1 ${location}`], missing: [] })
  })

  it('do not make one file two', async () => {
    const { found, missing } = await inventoryOf({ lib: { link: 'usr/lib' }, 'usr/lib/lines/db': 'a 1' })
    expect({ found, missing }).toEqual({ found: ['pkg:npm/a@1 /usr/lib/lines/db'], missing: [] })
  })

  it('that lead nowhere, round in circles or out of the root are no reason to stop', async () => {
    const { found, missing, unknowns } = await inventoryOf({
      'var/lib/lines/status': { link: '../../../../../../etc/shadow' },
      'lib/lines/db': { link: 'db' },
      'usr/lib/lines/db': { link: '/nothing' },
      'a/names.txt': 'a 1',
    })
    expect({ found, missing }).toEqual({ found: ['pkg:npm/a@1 /a/names.txt'], missing: [] })
    expect(unknowns.map(({ path }) => path)).toEqual(['/lib/lines/db', '/usr/lib/lines/db', '/var/lib/lines/status'])
  })

  it('to the release file of the distribution are followed', async () => {
    const files = { 'etc/os-release': { link: '../opt/release' } }
    expect((await inventoryOf({ ...files, 'opt/release': undefined })).missing).toEqual(['opt/release'])
    const { distribution } = await inventoryOf({ ...files, 'opt/release': 'ID=debian' }, ['opt/release'])
    expect(distribution?.id).toBe('debian')
  })

  it('to a file too large to keep are asked for once', async () => {
    const files = { 'var/lib/lines/status': { link: '/opt/status' }, 'opt/status': undefined }
    expect((await inventoryOf(files, ['opt/status'])).missing).toEqual([])
  })
})

describe('hard links', () => {
  it('give a wanted name to a file that was not kept', async () => {
    const files = { 'opt/status': undefined, 'var/lib/lines/status': { hardLink: 'opt/status' } }
    expect(await inventoryOf(files)).toMatchObject({ found: [], missing: ['opt/status'] })
    const read = await inventoryOf({ ...files, 'opt/status': 'a 1' }, ['opt/status'])
    expect(read).toMatchObject({ found: ['pkg:npm/a@1 /var/lib/lines/status'], missing: [] })
  })

  it('give another name to a file that was kept', async () => {
    const files = { 'var/lib/lines/status': 'a 1', 'opt/copy': { hardLink: 'var/lib/lines/status' } }
    const read = await inventoryOf(files, [], [lines, scripts])
    expect(read).toMatchObject({ found: ['pkg:npm/a@1 /var/lib/lines/status'], missing: [], unknowns: [] })
  })

  it('give a wanted name to a file that was only probed', async () => {
    const notes = packNotes([{ id: 'scripts', bytes: Buffer.from('b 1') }])
    const files = { 'opt/tool': notes, 'var/lib/lines/status': { hardLink: 'opt/tool' } }
    const probed = await inventoryOf(files, [], [lines, scripts])
    expect(probed.missing).toEqual(['opt/tool'])
    expect(probed.found).toEqual(['pkg:npm/b@1 /opt/tool'])
  })
})

async function layersOf(...layers: readonly LayerFixture[]) {
  const contents = layers.map(contentsOf)
  const options = { catalogers: [lines, scripts], layers: contents, signal: new AbortController().signal }
  const { packages } = await catalog(rootOf(...layers), options)
  return Object.fromEntries(packages.map(({ name, version, layerIndex }) => [`${name} ${version}`, layerIndex]))
}

describe('the layer of a package', () => {
  it('is the one that brought it, however often its file was written since', async () => {
    const layers = ['a 1\nb 1\nc 1', 'a 1\nc 1\nd 1', 'a 1\nb 1\nc 2\nd 1', 'a 1\nb 1\nc 2\nd 1'].map((text) => ({
      'a/names.txt': text,
    }))
    expect(await layersOf(...layers)).toEqual({ 'a 1': 0, 'b 1': 2, 'c 2': 2, 'd 1': 1 })
  })

  it('is the one that brought it back after its file or a folder above was deleted', async () => {
    const file = { 'a/b/names.txt': 'a 1' }
    expect(await layersOf(file, { 'a/b/.wh.names.txt': '' }, file)).toEqual({ 'a 1': 2 })
    expect(await layersOf(file, { '.wh.a': '' }, file)).toEqual({ 'a 1': 2 })
    expect(await layersOf(file, { 'a/.wh..wh..opq': '' }, file)).toEqual({ 'a 1': 2 })
    expect(await layersOf(file, { 'a/.wh.other': '', x: '' }, file)).toEqual({ 'a 1': 0 })
  })

  it('is found for what a probe kept, too', async () => {
    const layer = { 'opt/tool': packNotes([{ id: 'scripts', bytes: Buffer.from('b 1') }]) }
    expect(await layersOf(layer, { x: '' }, layer)).toEqual({ 'b 1': 0 })
  })
})

describe('a file that is known by content', () => {
  it('is looked into even when it was kept for its path', async () => {
    const { found, catalogers } = await inventoryOf({ 'a/names.txt': '#! x\nb 1' }, [], [lines, scripts])
    expect(found).toContain('pkg:npm/b@1 /a/names.txt')
    expect(catalogers.map(({ id }) => id)).toEqual(['lines', 'scripts'])
  })
})

describe('what a cataloger sees beside its file', () => {
  const neighbours: Cataloger = {
    ...lines,
    files: ['db/*/name', 'db/*/licence'],
    catalog(file, context) {
      if (file.path.endsWith('licence')) return []
      const licence = context.contentOf(file.path.replace('name', 'licence'))?.toString()
      return [{ package: { ...packageOf('a 1', `/${file.path}`), licences: licence === undefined ? [] : [licence] } }]
    },
  }

  it('is what lies there, through links, where its globs name it', async () => {
    const files = {
      'db/a/name': 'a',
      'db/b/name': 'b',
      'db/b/licence': { link: '../../x' },
      x: 'MIT',
      'db/a/other': 'y',
    }
    const { packages } = await inventoryOf(files, ['x'], [neighbours])
    expect(packages.map(({ licences }) => licences)).toEqual([[], ['MIT']])
  })

  it('is nothing where only a probe looked', async () => {
    const licence = packNotes([{ id: 'scripts', bytes: Buffer.from('GPL') }])
    const { packages } = await inventoryOf({ 'db/a/name': 'a', 'db/a/licence': licence }, [], [neighbours])
    expect(packages.map(({ licences }) => licences)).toEqual([[]])
  })
})

describe('folders that a cataloger knows by their names', () => {
  const folders: Cataloger = {
    ...lines,
    files: [],
    folders: ['store/*'],
    async catalog(file) {
      expect(await file.text()).toBe('')
      return [{ package: packageOf(file.path.replace('store/', '').replace('-', ' '), `/${file.path}`) }]
    },
  }

  it('are given to it once, by where they are, and told by their layer', async () => {
    const tree = rootOf({ 'store/a-1/x': '', 'store/file': 'x' }, { 'store/b-2/y/z': '', 'store/c-3': { link: 'b-2' } })
    const { packages } = await catalog(tree, { catalogers: [folders], signal: new AbortController().signal })
    expect(packages.map(({ purl, layerIndex }) => [purl, layerIndex])).toEqual([
      ['pkg:npm/a@1', 0],
      ['pkg:npm/b@2', 1],
    ])
  })
})

describe('what an image was built from', () => {
  const builds: Cataloger = {
    ...lines,
    files: ['builds/*'],
    async catalog(file) {
      const text = await file.text()
      return [{ origin: text.startsWith('set') ? { contentSets: text.split(' ') } : { builds: [text] } }]
    },
  }
  const files = { 'builds/1': 'set-b set-a', 'builds/2': 'set-a', 'builds/3': 'x-1-2' }

  it('belongs to its distribution, each part once', async () => {
    const { distribution } = await inventoryOf({ ...files, 'etc/os-release': 'ID=rhel' }, [], [builds])
    expect(distribution).toMatchObject({ id: 'rhel', contentSets: ['set-a', 'set-b'], builds: ['x-1-2'] })
  })

  it('is unknown where no distribution is told', async () => {
    const { distribution, unknowns } = await inventoryOf(files, [], [builds])
    expect(distribution).toBeUndefined()
    expect(unknowns.map(({ reason }) => reason)).toEqual([
      'it tells which repositories it was built from, but not which distribution it is',
    ])
  })
})
