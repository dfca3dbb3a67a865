import { describe, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { elfFile } from '../../../test/helpers/elf-file.ts'
import { contentsOf, type LayerFixture } from '../../../test/helpers/root.ts'
import binaryClassifier from '../binary/binary-classifier.cataloger.ts'
import dpkgStatus from '../debian/dpkg-status.cataloger.ts'
import { catalog } from '../inventory.ts'
import nodeModules from '../npm/node-modules.cataloger.ts'
import { selectorFor } from '../selector.ts'
import { executableAnalyser } from './executable-probe.ts'
import { decodeFacts } from './facts.ts'

const catalogers = [binaryClassifier, dpkgStatus, nodeModules]
const program = elfFile({ type: 2, buildId: 'a1b2c3d4' })
const library = elfFile({ needed: ['libc.so.6'], soname: 'libshop.so.1' })
const nginx = Buffer.concat([program, Buffer.from('\0nginx version: nginx/1.27.3\0')])
const status = 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n'

describe('executables that nothing identified', () => {
  it('are listed with what is known of them', async () => {
    const { executables, packages } = await inventoryOf({
      app: program,
      'lib/libshop.so.1': library,
      'sbin/nginx': nginx,
    })
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:generic/nginx@1.27.3'])
    expect(executables).toEqual([
      {
        path: '/app',
        format: 'elf',
        kind: 'executable',
        isStatic: true,
        buildId: 'a1b2c3d4',
        needed: [],
        sizeBytes: program.length,
        layer: 0,
      },
      {
        path: '/lib/libshop.so.1',
        format: 'elf',
        kind: 'library',
        isStatic: false,
        soname: 'libshop.so.1',
        needed: ['libc.so.6'],
        sizeBytes: library.length,
        layer: 0,
      },
    ])
  })

  it('are unknown where no database of packages can own them', async () => {
    const files = { 'a/libshop.so.1': library, 'z/app': program }
    expect((await inventoryOf(files)).unknowns).toEqual([
      { path: '/a/libshop.so.1', reason: 'a library that could not be identified' },
      { path: '/z/app', reason: 'an executable that could not be identified' },
    ])
    const owned = await inventoryOf({ ...files, 'var/lib/dpkg/status': status })
    expect(owned.unknowns).toEqual([])
    expect(owned.executables.map(({ path }) => path)).toEqual(['/a/libshop.so.1', '/z/app'])
  })

  it('are passed over where the folder of an installed npm package holds them', async () => {
    const files = {
      'app/node_modules/sharp/package.json': '{"name":"sharp","version":"0.33.5"}',
      'app/node_modules/sharp/build/Release/sharp.node': library,
      'app/node_modules/sharper/sharp.node': library,
    }
    const { unknowns, executables } = await inventoryOf(files)
    expect(unknowns.map(({ path }) => path)).toEqual(['/app/node_modules/sharper/sharp.node'])
    expect(executables).toHaveLength(2)
  })

  it('are told one by one up to a hundred, programs first', async () => {
    const files = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`lib/l${index}.so`, library]))
    const { unknowns, executables } = await inventoryOf({ ...files, 'z/app': program })
    expect(executables).toHaveLength(151)
    expect(unknowns).toHaveLength(101)
    expect(unknowns).toContainEqual({ path: '/z/app', reason: 'an executable that could not be identified' })
    expect(unknowns).toContainEqual({ path: '/', reason: '51 more executables and libraries could not be identified' })
  })

  it('have one name, however many hard links lead to them', async () => {
    const { executables } = await inventoryOf({ 'z/app': program, 'a/app': { hardLink: 'z/app' } })
    expect(executables.map(({ path }) => path)).toEqual(['/z/app'])
  })
})

describe('what is noted of a file', () => {
  const pe = (flags: number) => {
    const file = Buffer.alloc(512)
    file.write('MZ')
    file.writeUInt32LE(128, 60)
    file.write('PE\0\0', 128, 'latin1')
    file.writeUInt16LE(flags, 128 + 22)
    return file
  }
  const machO = (kind: number) =>
    Buffer.from(`cffaedfe0700000103000000${`0${kind}`.slice(-2)}000000${'00'.repeat(48)}`, 'hex')

  it.each<[string, Buffer, object | undefined]>([
    ['a Windows program', pe(0x0022), { format: 'pe', kind: 'executable' }],
    ['a Windows library', pe(0x2022), { format: 'pe', kind: 'library' }],
    ['a program for DOS', Buffer.from('MZ'.padEnd(200)), undefined],
    ['a program of macOS', machO(2), { format: 'mach-o', kind: 'executable' }],
    ['a library of macOS', machO(6), { format: 'mach-o', kind: 'library' }],
    ['an object file of macOS', machO(1), undefined],
    [
      'a universal program',
      Buffer.from(`cafebabe00000002${'00'.repeat(56)}`, 'hex'),
      { format: 'mach-o', kind: 'executable' },
    ],
    ['a Java class', Buffer.from(`cafebabe00000041${'00'.repeat(56)}`, 'hex'), undefined],
    ['an object file', elfFile({ type: 1 }), undefined],
    ['what is cut off', elfFile().subarray(0, 20), undefined],
    ['a script', Buffer.from('#!/bin/sh'.padEnd(64)), undefined],
  ])('%s', (_, file, expected) => {
    for (const pieceBytes of [64, 1, 100_000]) expect(factsOf(file, pieceBytes)).toEqual(expected)
  })
})

function factsOf(file: Buffer, pieceBytes: number) {
  const probe = executableAnalyser.probe(file.subarray(0, 64), file.length, 'x')
  for (let at = 0; at < file.length; at += pieceBytes) probe?.write(file.subarray(at, at + pieceBytes))
  const kept = probe?.end()
  return kept && decodeFacts(kept, 'x')
}

/** As a scan does it: the selector keeps what probes make of a file. */
async function inventoryOf(files: LayerFixture) {
  const selector = selectorFor(catalogers)
  const { entries, ...contents } = contentsOf(files)
  const kept = entries.map((entry) => {
    const { path, content } = entry
    if (content === undefined || selector.wants(path)) return entry
    const probe = selector.probe(content.subarray(0, 64), content.length, path)
    probe?.write(content)
    return { ...entry, content: probe?.end() }
  })
  const signal = AbortSignal.timeout(10_000)
  return await catalog(overlay([{ ...contents, entries: kept }]), { catalogers, signal })
}
