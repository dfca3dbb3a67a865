import { describe, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { elfFile } from '../../../test/helpers/elf-file.ts'
import { contentsOf, type LayerFixture } from '../../../test/helpers/root.ts'
import dpkgStatus from '../debian/dpkg-status.cataloger.ts'
import { catalog } from '../inventory.ts'
import nixStore from '../nix/nix-store.cataloger.ts'
import nodeModules from '../npm/node-modules.cataloger.ts'
import { selectorFor } from '../selector.ts'

const catalogers = [dpkgStatus, nixStore, nodeModules]
const program = elfFile({ type: 2, buildId: 'a1b2c3d4' })
const library = elfFile({ needed: ['libc.so.6'], soname: 'libshop.so.1' })
const dpkg: LayerFixture = {
  'etc/os-release': 'ID=debian\nVERSION_ID=12\n',
  'var/lib/dpkg/status': 'Package: shop\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n',
  'var/lib/dpkg/info/shop.list': '/usr/bin/shop\n',
  'usr/bin/shop': program,
}

async function unidentifiedOf(files: LayerFixture) {
  const selector = selectorFor(catalogers)
  const layer = contentsOf(files)
  const entries = layer.entries.map((entry) => {
    const { path, content } = entry
    if (content === undefined || selector.wants(path)) return entry
    const probe = selector.probe(content.subarray(0, 64), content.length, path)
    probe?.write(content)
    return { ...entry, content: probe?.end() }
  })
  const signal = AbortSignal.timeout(10_000)
  return (await catalog(overlay([{ ...layer, entries }]), { catalogers, signal })).unidentified
}

describe('programs and libraries that remain unexplained', () => {
  it('are none where packages own them all', async () => {
    expect(await unidentifiedOf(dpkg)).toEqual({ executables: 0, libraries: 0, folders: [] })
  })

  it('are counted by folder, the fullest first, with a few of their files', async () => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`opt/lib/${index}.so`, library]))
    expect(await unidentifiedOf({ ...dpkg, 'usr/local/bin/run': program, init: program, ...many })).toEqual({
      executables: 2,
      libraries: 7,
      folders: [
        { path: '/opt/lib', files: 7, examples: [0, 1, 2, 3, 4].map((index) => `/opt/lib/${index}.so`) },
        { path: '/', files: 1, examples: ['/init'] },
        { path: '/usr/local/bin', files: 1, examples: ['/usr/local/bin/run'] },
      ],
    })
  })

  it('are not those of an installed npm package', async () => {
    const folder = 'app/node_modules/sharp'
    const sharp = {
      [`${folder}/package.json`]: '{"name":"sharp","version":"1.0.0"}',
      [`${folder}/build/sharp.node`]: library,
    }
    expect(await unidentifiedOf({ ...dpkg, ...sharp })).toMatchObject({ executables: 0, libraries: 0 })
  })

  it('cannot be told where the package manager keeps no lists of files', async () => {
    const store = 'nix/store/0123456789abcdfghijklmnpqrsvwxyz-shop-1.0'
    expect(await unidentifiedOf({ [`${store}/bin/shop`]: program })).toBeUndefined()
    expect(await unidentifiedOf({ ...dpkg, 'var/lib/dpkg/info/shop.list': undefined })).toBeUndefined()
  })
})
