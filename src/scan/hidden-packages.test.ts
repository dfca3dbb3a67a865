import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  cases,
  debian,
  expectFound,
  file,
  folder,
  hardLink,
  link,
  scanLayers,
  told,
} from '../../test/helpers/scan-layers.ts'
import { type Member, paxOf } from '../../test/helpers/tar-writer.ts'

const status = 'var/lib/dpkg/status'
const openssl = 'Package: openssl\nStatus: install ok installed\nVersion: 3.0.1\n'
const zlib = 'Package: zlib\nStatus: install ok installed\nVersion: 1.2.3\n'
const opensslFound = `openssl 3.0.1 /${status}`
const zlibFound = `zlib 1.2.3 /${status}`

describe('a package database is read as a container sees it', () => {
  it.each(
    cases([
      ['the last of two entries counts', [[debian, file(status, zlib), file(status, openssl)]], [opensslFound]],
      [
        'an entry that becomes a link',
        [[debian, file('opt/s', openssl), file(status, zlib), link(status, '/opt/s')]],
        [opensslFound],
      ],
      ['a name with ./ in front', [[debian, file(`./${status}`, openssl)]], [opensslFound]],
      ['an absolute name', [[debian, file(`//var/./lib//dpkg/status`, openssl)]], [opensslFound]],
      ['another name in a PAX header', [[debian, paxOf({ path: status }), file('harmless', openssl)]], [opensslFound]],
      [
        'its name in the header only',
        [[debian, paxOf({ path: 'harmless' }), file(status, openssl), file('opt/x')]],
        [],
      ],
      [
        'a long name',
        [[debian, { name: '././@LongLink', type: 'L', content: `${status}\0` }, file('harmless', openssl)]],
        [opensslFound],
      ],
      ['a hard link to an odd name', [[debian, file('opt/odd', openssl), hardLink(status, 'opt/odd')]], [opensslFound]],
      [
        'a hard link to an odd name that is replaced',
        [[debian, file('opt/odd', openssl), hardLink(status, 'opt/odd'), file('opt/odd', zlib)]],
        [opensslFound],
      ],
      [
        'a hard link to an odd name of a lower layer that is deleted',
        [[debian, file('opt/odd', openssl)], [hardLink(status, 'opt/odd')], [file('opt/.wh.odd')]],
        [opensslFound],
      ],
      [
        'a hard link to a link',
        [
          [
            debian,
            file('opt/odd', openssl),
            link('opt/link', 'odd'),
            hardLink('opt/hard', 'opt/link'),
            link(status, '/opt/hard'),
          ],
        ],
        [opensslFound],
      ],
      ['a program that it is another name of', [[debian, file('bin/sh', '#!'), hardLink(status, 'bin/sh')]], []],
      ['other letters', [[debian, file('VAR/lib/dpkg/status', openssl), file('var/lib/dpkg/Status', zlib)]], []],
    ]),
  )('$name', expectFound)

  it.each(
    cases([
      ['relative', [[debian, link('var/lib/dpkg', '../../opt/x'), file('opt/x/status', openssl)]], [opensslFound]],
      ['absolute', [[debian, link('var/lib/dpkg', '/opt/x'), file('opt/x/status', openssl)]], [opensslFound]],
      [
        'beyond the root',
        [[debian, link('var/lib/dpkg', '../../../../../opt/x'), file('opt/x/status', openssl)]],
        [opensslFound],
      ],
      [
        'over others, in several layers',
        [
          [debian, link('var', 'a'), link('b', '/c/d'), link('c', 'e')],
          [file('e/d/status', openssl)],
          [link('a/lib/dpkg', '../../b')],
        ],
        [opensslFound],
      ],
      [
        'that entries are written through',
        [[debian, folder('opt/x'), link('var/lib/dpkg', '../../opt/x'), file(status, openssl)]],
        [opensslFound],
      ],
      [
        'that entries are written through, to where it is looked for',
        [[debian, folder('var/lib/dpkg'), link('x', 'var/lib/dpkg'), file('x/status', openssl)]],
        [opensslFound],
      ],
      [
        'that a later layer replaces by a folder, so that it is hidden',
        [[debian, link('var/lib/dpkg', '/opt/x'), file('opt/x/status', openssl)], [file(status, zlib)]],
        [zlibFound],
      ],
      [
        'in a circle',
        [[debian, link('var/lib/dpkg', '../../opt'), link('opt', 'var/lib/dpkg')]],
        [],
        ['/var/lib/dpkg: it is a link that leads nowhere'],
      ],
      ['to nothing', [[debian, link(status, '/gone')]], [], [`/${status}: it is a link that leads nowhere`]],
      [
        'in a folder that is read whole',
        [[debian, file('opt/a', openssl), link('var/lib/dpkg/status.d/openssl', '/opt/a')]],
        ['openssl 3.0.1 /var/lib/dpkg/status.d/openssl'],
      ],
      [
        'of a folder that is read whole',
        [[debian, file('opt/a/openssl', openssl), link('var/lib/dpkg/status.d', '/opt/a')]],
        ['openssl 3.0.1 /var/lib/dpkg/status.d/openssl'],
      ],
    ]),
  )('through a link: $name', expectFound)

  it.each(
    cases([
      ['of the file', [[debian, file(status, openssl)], [file('var/lib/dpkg/.wh.status')]], []],
      ['of a folder above', [[debian, file(status, openssl)], [file('var/.wh.lib')]], []],
      [
        'of the file, and the file again',
        [[debian, file(status, zlib)], [file('var/lib/dpkg/.wh.status')], [file(status, openssl)]],
        [opensslFound],
      ],
      [
        'of the file in the layer that brings it, in front of it',
        [
          [debian, file(status, zlib)],
          [file('var/lib/dpkg/.wh.status'), file(status, openssl)],
        ],
        [opensslFound],
      ],
      [
        'of the file in the layer that brings it, behind it',
        [
          [debian, file(status, zlib)],
          [file(status, openssl), file('var/lib/dpkg/.wh.status')],
        ],
        [opensslFound],
      ],
      [
        'of all below, behind what the layer brings',
        [
          [debian, file(status, zlib)],
          [file(status, openssl), file('var/lib/dpkg/.wh..wh..opq')],
        ],
        [opensslFound],
      ],
      ['of all below', [[debian, file(status, openssl)], [file('var/lib/dpkg/.wh..wh..opq')]], []],
      [
        'of a name in other bytes',
        [
          [debian, file(status, openssl)],
          [file(Buffer.from('var/lib/dpkg/.wh.status\xa0', 'latin1')), file('var/lib/dpkg/.wh.status ')],
        ],
        [opensslFound],
      ],
      [
        'of nothing',
        [
          [debian, file(status, openssl)],
          [file('var/lib/dpkg/.wh.'), file('var/lib/dpkg/.wh...')],
        ],
        [opensslFound],
        [
          '/var/lib/dpkg/.wh.: layer 1: it is a whiteout of nothing',
          '/var/lib/dpkg/.wh...: layer 1: it is a whiteout of nothing',
        ],
      ],
      [
        'of a link that leads to it, and not of what it leads to',
        [[debian, link('opt/x', '/var/lib/dpkg/status'), file(status, openssl)], [file('opt/.wh.x')]],
        [opensslFound],
      ],
    ]),
  )('after a whiteout $name', expectFound)
})

describe('what cannot be read is told', () => {
  it.each(
    cases([
      [
        'a folder',
        [[debian, file(`${status}/x`, openssl)]],
        [],
        [`/${status}: it is a directory where a file belongs`],
      ],
      ['a pipe', [[debian, { name: status, type: '6' }]], [], [`/${status}: it is a fifo where a file belongs`]],
      [
        'a file for a folder',
        [[debian, file('var/lib/dpkg/status.d', openssl)]],
        [],
        ['/var/lib/dpkg/status.d: it is a file where a directory belongs'],
      ],
      [
        'a name that leads out',
        [[debian, file(`../${status}`, openssl)]],
        [],
        [`/../${status}: its name has a \`..\` component or a NUL byte`],
      ],
      [
        'a name with a NUL byte',
        [[debian, paxOf({ path: `${status}\0x` }), file('x', openssl)]],
        [],
        [`/${status}\0x: its name has a \`..\` component or a NUL byte`],
      ],
    ]),
  )('$name', expectFound)

  const ambiguous =
    'its tar headers mean one thing to GNU tar, as which they were read, and another to container engines'

  it.each<[string, readonly Member[]]>([
    ['a long name', [{ name: 'L', type: 'L', content: `${status}\0` }, paxOf({ path: 'x' }), file('y', openssl)]],
    ['a name for all', [paxOf({ path: 'x' }, 'g'), file(status, openssl)]],
    ['a forgotten name', [paxOf({ path: 'x' }), paxOf({ comment: 'x' }, 'g'), file(status, openssl)]],
    ['a slash at its end', [file(`${status}/`, openssl)]],
  ])('headers that engines read differently: %s', async (_, members) => {
    expect(told(await scanLayers([[debian, ...members]]))).toContainEqual(expect.stringContaining(ambiguous))
  })

  it.each<[string, readonly Member[], object, string]>([
    [
      'a large database',
      [file(status, openssl.repeat(50))],
      { keptFileBytes: 1000 },
      `/${status}: it is larger than 1000 bytes`,
    ],
    [
      'a large database under another name',
      [file('opt/x', openssl.repeat(50)), link(status, '/opt/x')],
      { keptFileBytes: 1000 },
      '/opt/x: it is larger than 1000 bytes',
    ],
    [
      'a database that is mostly holes',
      [paxOf({ 'GNU.sparse.map': '0,4', 'GNU.sparse.size': '5000', 'GNU.sparse.name': status }), file('x', 'Pack')],
      { keptFileBytes: 1000 },
      `/${status}: it is larger than 1000 bytes`,
    ],
    [
      'a database behind others that take all room',
      [file('a/package-lock.json', ' '.repeat(900)), file(status, openssl)],
      { keptLayerBytes: 950 },
      `/${status}: wanted files of this layer add up to more than 950 bytes`,
    ],
    [
      'a large package.json',
      [file('a/node_modules/x/package.json', ' '.repeat(1001))],
      { keptFileBytes: 1000 },
      '/a/node_modules/x/package.json: it is larger than 1000 bytes',
    ],
  ])('%s', async (_, members, limits, unknown) => {
    const scanned = await scanLayers([[debian, ...members]], limits)
    expect(scanned.packages).toEqual([])
    expect(told(scanned)).toContain(unknown)
  })
})

describe('the distribution', () => {
  const vendor = file('usr/lib/os-release', 'ID=alpine\nVERSION_ID=3.19.1\n')

  it.each<[string, readonly (readonly Member[])[], string | undefined, readonly string[]]>([
    ['two files', [[debian, vendor]], 'debian', []],
    [
      'a folder',
      [[folder('etc/os-release'), vendor]],
      'alpine',
      ['/etc/os-release: it is a directory where a file belongs'],
    ],
    [
      'a link to nothing',
      [[link('etc/os-release', '/gone'), vendor]],
      'alpine',
      ['/etc/os-release: it is a link that leads nowhere'],
    ],
    [
      'a link to an odd place',
      [[link('etc/os-release', '../opt/o'), file('opt/o', 'ID=debian\nVERSION_ID=12'), vendor]],
      'debian',
      [],
    ],
    [
      'a hard link to an odd place that is deleted',
      [[file('opt/o', 'ID=debian\nVERSION_ID=12'), hardLink('etc/os-release', 'opt/o')], [file('.wh.opt')]],
      'debian',
      [],
    ],
    ['a whiteout', [[debian, vendor], [file('etc/.wh.os-release')]], 'alpine', []],
  ])('by %s', async (_, layers, id, unknowns) => {
    const scanned = await scanLayers(layers)
    expect(scanned.report.subject.os?.id).toBe(id)
    expect(told(scanned)).toEqual(unknowns)
  })

  const installed = 'P:musl\nV:1.2.4-r2\n\n'

  it.each(
    cases([
      [
        'once where /lib is /usr/lib',
        [[vendor, link('lib', 'usr/lib'), file('usr/lib/apk/db/installed', installed)]],
        ['musl 1.2.4-r2 /usr/lib/apk/db/installed'],
      ],
      [
        'once where /lib is /usr/lib and the entry goes through it',
        [[vendor, link('lib', 'usr/lib'), file('lib/apk/db/installed', installed)]],
        ['musl 1.2.4-r2 /usr/lib/apk/db/installed'],
      ],
      [
        'once where one is a link to the other',
        [[vendor, file('lib/apk/db/installed', installed), link('usr/lib/apk/db/installed', '/lib/apk/db/installed')]],
        ['musl 1.2.4-r2 /lib/apk/db/installed'],
      ],
    ]),
  )('has its packages $name', expectFound)
})

describe('several rpm databases in one folder', () => {
  const fixtures = join(import.meta.dirname, '../inventory/rpm/fixtures/rpm-database')
  const sqlite = readFileSync(join(fixtures, 'sqlite/var/lib/rpm/rpmdb.sqlite'))
  const berkeley = readFileSync(join(fixtures, 'berkeley-db/var/lib/rpm/Packages'))
  const release = file('etc/os-release', 'ID=example\nVERSION_ID=9\n')

  it('are read as rpm does: one of them', async () => {
    const both = [
      { name: 'var/lib/rpm/rpmdb.sqlite', content: sqlite },
      { name: 'var/lib/rpm/Packages', content: berkeley },
    ]
    const scanned = await scanLayers([[release, ...both]])
    expect(scanned.packages.filter((line) => line.startsWith('openssl'))).toEqual([
      'openssl 1:3.0.7-27.el9 /var/lib/rpm/rpmdb.sqlite',
    ])
    expect(told(scanned)).toContain(
      '/var/lib/rpm/Packages: a database of another kind lies beside it, rpmdb.sqlite, which is the one that rpm reads',
    )
  })

  it('are read once where one folder is a link to the other', async () => {
    const scanned = await scanLayers([
      [
        release,
        { name: 'usr/lib/sysimage/rpm/rpmdb.sqlite', content: sqlite },
        link('var/lib/rpm', '../../usr/lib/sysimage/rpm'),
      ],
    ])
    expect(scanned.packages.length).toBe(8)
    expect(scanned.packages[0]).toMatch(/ \/usr\/lib\/sysimage\/rpm\/rpmdb\.sqlite$/)
  })
})

describe('an Alpine image whose packages come from another branch', () => {
  const release = file('etc/os-release', 'ID=alpine\nVERSION_ID=3.19.1\n')
  const installed = file('lib/apk/db/installed', 'P:musl\nV:1.2.4-r2\nA:x86_64\n\n')

  it('is judged by that branch, and says so', async () => {
    const repositories = file('etc/apk/repositories', 'https://mirror.example/alpine/edge/main\n')
    const scanned = await scanLayers([[release, installed, repositories]])
    expect(scanned.report.subject.os?.versionId).toBe('edge')
    expect(scanned.report.packages[0]?.purl).toBe('pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-edge')
    expect(told(scanned)).toEqual([
      '/etc/apk/repositories: packages may come from several branches of Alpine (3.19, edge); all were judged as of edge',
    ])
  })
})
