import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { atOnce } from '#kit/turns.ts'
import { elfFile } from '../../../test/helpers/elf-file.ts'
import { contentsOf, type LayerFixture, rootOf } from '../../../test/helpers/root.ts'
import apkInstalled from '../alpine/apk-installed.cataloger.ts'
import pacmanLocal from '../arch/pacman-local.cataloger.ts'
import binaryClassifier from '../binary/binary-classifier.cataloger.ts'
import { defineCataloger } from '../cataloger.ts'
import dpkgStatus from '../debian/dpkg-status.cataloger.ts'
import { catalog } from '../inventory.ts'
import opkgStatus from '../opkg/opkg-status.cataloger.ts'
import portageDatabase from '../portage/portage-database.cataloger.ts'
import distInfo from '../python/dist-info.cataloger.ts'
import { selectorFor } from '../selector.ts'
import { findOwners, type OwningPackage } from './ownership.ts'
import { ownershipReaders } from './readers.ts'

const catalogers = [apkInstalled, binaryClassifier, distInfo, dpkgStatus, opkgStatus, pacmanLocal, portageDatabase]
const proof = 'usr/lib/python3/dist-packages/shop-1.0.dist-info/METADATA'
const metadata = 'Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n'
const debian = { 'etc/os-release': 'ID=debian\nVERSION_ID=12\n' }

function digest(algorithm: string, content: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash(algorithm).update(content).digest(encoding)
}

function stanza(version: string, architecture = 'all'): string {
  return `Package: python3-shop\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n\n`
}

const dpkg: LayerFixture = {
  ...debian,
  'var/lib/dpkg/status': stanza('1.0-1'),
  'var/lib/dpkg/info/python3-shop.list': `/.\n/usr\n/${proof}\n`,
  'var/lib/dpkg/info/python3-shop.md5sums': `${digest('md5', metadata)}  ${proof}\n`,
  [proof]: metadata,
}
const debPurl = 'pkg:deb/debian/python3-shop@1.0-1?arch=all&distro=debian-12'

async function inventoryOf(...layers: readonly LayerFixture[]) {
  const contents = layers.map(contentsOf).map((layer) => ({ ...layer, entries: layer.entries.map(kept) }))
  const inventory = await catalog(overlay(contents), {
    catalogers,
    layers: contents,
    signal: AbortSignal.timeout(10_000),
  })
  const relations = inventory.packages
    .filter(({ ecosystem }) => ecosystem === 'pypi' || ecosystem === 'generic')
    .map(({ ownedBy, changedSince }) => ({ ownedBy, changedSince }))
  return { ...inventory, relations }
}

/** As reading an image keeps it: the whole content, or what probes make of it. */
function kept(entry: ReturnType<typeof contentsOf>['entries'][number]) {
  const { path, content } = entry
  const selector = selectorFor(catalogers)
  if (content === undefined || selector.wants(path)) return entry
  const probe = selector.probe(content.subarray(0, 64), content.length, path)
  probe?.write(content)
  return { ...entry, content: probe?.end() }
}

describe('a language package of a package manager of the system', () => {
  const pacmanFolder = 'var/lib/pacman/local/python-shop-1.0-1'
  const ebuildFolder = 'var/db/pkg/dev-python/shop-1.0'
  const systems: [string, LayerFixture, string][] = [
    ['dpkg', dpkg, debPurl],
    ['dpkg, without checksums', { ...dpkg, 'var/lib/dpkg/info/python3-shop.md5sums': '' }, debPurl],
    [
      'dpkg, of one of several architectures',
      {
        ...debian,
        'var/lib/dpkg/status': stanza('1.0-1', 'arm64') + stanza('1.0-1', 'amd64'),
        'var/lib/dpkg/info/python3-shop:amd64.list': `/${proof}\n`,
        [proof]: metadata,
      },
      debPurl.replace('all', 'amd64'),
    ],
    [
      'an image built without dpkg',
      {
        ...debian,
        'var/lib/dpkg/status.d/shop': stanza('1.0-1'),
        'var/lib/dpkg/status.d/shop.md5sums': `${digest('md5', metadata)}  ${proof}\n`,
        [proof]: metadata,
      },
      debPurl,
    ],
    [
      'apk',
      {
        'lib/apk/db/installed': `P:py3-shop\nV:1.0-r0\nF:usr/lib/python3/dist-packages/shop-1.0.dist-info\nR:METADATA\nZ:Q1${digest('sha1', metadata, 'base64')}\nR:RECORD\n\n`,
        [proof]: metadata,
      },
      'pkg:apk/py3-shop@1.0-r0',
    ],
    [
      'pacman',
      {
        [`${pacmanFolder}/desc`]: '%NAME%\npython-shop\n\n%VERSION%\n1.0-1\n',
        [`${pacmanFolder}/files`]: `%FILES%\nusr/\n${proof}\n`,
        [`${pacmanFolder}/mtree`]: gzipSync(
          `#mtree\n./${proof.replace('python3', String.raw`python\063`)} size=${metadata.length} sha256digest=${digest('sha256', metadata)}\n`,
        ),
        [proof]: metadata,
      },
      'pkg:alpm/arch/python-shop@1.0-1',
    ],
    [
      'portage',
      {
        [`${ebuildFolder}/PF`]: 'shop-1.0\n',
        [`${ebuildFolder}/CONTENTS`]: `dir /usr\nobj /${proof} ${digest('md5', metadata)} 1700000000\n`,
        [proof]: metadata,
      },
      'pkg:ebuild/dev-python/shop@1.0',
    ],
    [
      'opkg',
      {
        'usr/lib/opkg/status': stanza('1.0-1'),
        'usr/lib/opkg/info/python3-shop.list': `/${proof}\t0100644\n`,
        [proof]: metadata,
      },
      'pkg:opkg/python3-shop@1.0-1?arch=all',
    ],
  ]

  it.each(systems)('is owned: %s', async (_, files, purl) => {
    expect((await inventoryOf(files)).relations).toEqual([{ ownedBy: purl }])
  })

  const summed = systems.filter(([, files]) => Object.values(files).some((text) => holdsDigest(text)))

  it.each(summed)('is not any more when the file says something else: %s', async (_, files, purl) => {
    const changed = metadata.replace('1.0', '1.1')
    expect((await inventoryOf({ ...files, [proof]: changed })).relations).toEqual([{ changedSince: purl }])
    expect((await inventoryOf(files, { [proof]: changed })).relations).toEqual([{ changedSince: purl }])
  })

  it('is when a later layer wrote the same again', async () => {
    expect((await inventoryOf(dpkg, { [proof]: metadata })).relations).toEqual([{ ownedBy: debPurl }])
  })

  it('is when the package was upgraded in a later layer', async () => {
    const upgraded = metadata.replace('1.0', '1.1')
    const { relations } = await inventoryOf(dpkg, {
      'var/lib/dpkg/status': stanza('1.1-1'),
      'var/lib/dpkg/info/python3-shop.md5sums': `${digest('md5', upgraded)}  ${proof}\n`,
      [proof]: upgraded,
    })
    expect(relations).toEqual([{ ownedBy: debPurl.replace('1.0-1', '1.1-1') }])
  })

  it('is not when the package is gone and the file is still there', async () => {
    expect(
      (await inventoryOf({ ...dpkg, 'var/lib/dpkg/status': stanza('1').replace('k ins', 'k not-ins') })).relations,
    ).toEqual([{}])
  })

  it('is not when nobody lists it', async () => {
    const elsewhere = { 'usr/local/lib/python3.11/site-packages/shop-1.0.dist-info/METADATA': metadata }
    expect((await inventoryOf({ ...dpkg, ...elsewhere })).relations).toEqual([{ ownedBy: debPurl }, {}])
  })
})

function holdsDigest(file: unknown): boolean {
  if (Buffer.isBuffer(file)) return true
  return typeof file === 'string' && /[0-9a-f]{32}|Z:Q1/.test(file)
}

describe('a program whose content was not kept', () => {
  const nginx = Buffer.concat([elfFile({ type: 2 }), Buffer.from('\0nginx version: nginx/1.27.3\0')])
  const base: LayerFixture = {
    ...debian,
    'var/lib/dpkg/status': stanza('1.0-1'),
    'var/lib/dpkg/info/python3-shop.list': '/sbin/nginx\n',
    sbin: { link: 'usr/sbin' },
    'usr/sbin/nginx': nginx,
  }

  it('is no package of its own where it is owned, also through a folder that became a link', async () => {
    expect((await inventoryOf(base)).relations).toEqual([])
    expect((await inventoryOf({ ...base, 'var/lib/dpkg/info/python3-shop.list': '' })).relations).toEqual([{}])
  })

  it('is not owned any more when a later layer wrote it', async () => {
    expect((await inventoryOf(base, { 'usr/sbin/nginx': nginx })).relations).toEqual([{ changedSince: debPurl }])
  })

  it('is owned when that layer upgraded the package, too', async () => {
    const { relations } = await inventoryOf(base, { 'usr/sbin/nginx': nginx, 'var/lib/dpkg/status': stanza('1.1-1') })
    expect(relations).toEqual([])
  })

  it('is told with the package that owns it', async () => {
    const { executables } = await inventoryOf({ ...base, 'usr/sbin/nginx': elfFile({ type: 2 }) })
    expect(executables).toMatchObject([{ path: '/usr/sbin/nginx', ownedBy: debPurl }])
  })
})

/** `package path` on each line. */
const lists = defineCataloger({
  ...dpkgStatus,
  id: 'lists',
  ownership: {
    files: ['lists/*'],
    *owned({ content }, wanted) {
      for (const line of content.toString().split('\n')) {
        const [name = '', path = ''] = line.split(' ')
        yield wanted(path.slice(path.lastIndexOf('/') + 1)) ? { path, owner: { name } } : undefined
      }
    },
  },
})

describe('the index', () => {
  const names = fc.constantFrom('a', 'b', 'c')
  const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
  const links = fc.array(fc.tuple(names, paths), { maxLength: 2 })

  it('says of every path what following each line of each list says', () => {
    fc.assert(
      fc.property(fc.array(paths), links, fc.array(fc.tuple(names, paths)), (files, linked, lines) => {
        const tree = rootOf({
          ...Object.fromEntries(files.map((path) => [path, 'x'])),
          ...Object.fromEntries(linked.map(([name, target]) => [`${name}/link`, { link: `/${target}` }])),
        })
        const content = Buffer.from(lines.map(([name, path]) => `${name} ${path}`).join('\n'))
        const asked = new Set([...files, ...linked.map(([name]) => `${name}/link`)])
        const packages = ['a', 'b'].map(owningPackage)
        const found = atOnce(
          findOwners({
            paths: asked,
            jobs: ownershipReaders([lists]).map((reader) => ({ reader, path: 'lists/x', content })),
            packages,
            tree,
          }),
        )
        for (const path of asked) {
          const real = tree.lookup(path, { follow: true })
          const owners = lines.filter(
            ([name, line]) => name !== 'c' && real?.type === 'file' && real.path === tree.lookup(line)?.path,
          )
          expect(found.get(path)?.owner.name).toBe(owners.map(([name]) => name).toSorted()[0])
        }
      }),
    )
  })

  it('takes no longer for a long list of long folders', () => {
    const line = `a ${'d/'.repeat(100)}x\n`
    const content = Buffer.from(line.repeat(100_000))
    const jobs = ownershipReaders([lists]).map((reader) => ({ reader, path: 'lists/x', content }))
    const started = performance.now()
    const found = atOnce(
      findOwners({ paths: new Set(['x']), jobs, packages: [owningPackage('a')], tree: rootOf({ x: '' }) }),
    )
    expect(found.size).toBe(0)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

function owningPackage(name: string): OwningPackage {
  return { purl: `pkg:deb/${name}@1`, name, version: '1', ecosystem: 'deb', locations: ['/status'], layerIndex: 0 }
}
