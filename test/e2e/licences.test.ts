import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectDir } from '../helpers/components.ts'
import { legacyPieces, sampleImage, tarOf } from '../helpers/image-archive.ts'
import { seawall, temporaryDirectory } from '../helpers/seawall.ts'

const apache = readFileSync(join(projectDir, 'LICENSE'), 'utf8')

const files: Readonly<Record<string, string>> = {
  'app/node_modules/left/package.json': JSON.stringify({ name: 'left', version: '1.0.0', license: 'MIT' }),
  'app/node_modules/right/package.json': JSON.stringify({ name: 'right', version: '2.0.0' }),
  'app/node_modules/right/LICENSE': apache,
  'app/node_modules/gone/package.json': JSON.stringify({ name: 'gone', version: '3.0.0' }),
  'var/lib/dpkg/status': 'Package: quay\nStatus: install ok installed\nVersion: 1-1\nArchitecture: all\n',
  'usr/share/doc/quay/copyright': 'Format: x\n\nFiles: *\nLicense: GPL-3+\n',
}

function rootIn(path: string): string {
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return `dir:${path}`
}

describe('seawall licences', () => {
  it('tells licences from what packages state and from the files that lie with them', async () => {
    using folder = temporaryDirectory()
    const { status, stdout } = await seawall(['licences', rootIn(folder.path), '--format', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      packages: [
        { name: 'quay', licences: ['GPL-3.0-or-later'], category: 'strong-copyleft', denied: false },
        { name: 'gone', licences: [], category: 'unknown' },
        { name: 'left', licences: ['MIT'], category: 'permissive', declared: ['MIT'], files: [] },
        {
          name: 'right',
          licences: ['Apache-2.0'],
          files: [{ path: '/app/node_modules/right/LICENSE', licences: [{ licence: 'Apache-2.0', likeness: 1 }] }],
        },
      ],
    })
  })

  it('reads licence files of an image whose packages are remembered', async () => {
    using folder = temporaryDirectory()
    const image = join(folder.path, 'image.tar')
    const layer = Object.entries(files).map(([name, content]) => ({ name, content }))
    writeFileSync(image, await tarOf(legacyPieces(await sampleImage([layer]))))
    const cache = ['--cache', join(folder.path, 'cache')]
    const run = async (command: string) =>
      (await seawall([command, image, ...cache], { env: { SOURCE_DATE_EPOCH: '0' } })).stdout
    const before = await run('sbom')
    expect(await run('licences')).toContain('Apache-2.0')
    expect(await run('sbom')).toBe(before)
    expect(await run('licences')).toContain('Apache-2.0')
  })

  it.each([
    ['strong-copyleft', 1],
    ['gpl-3.0-or-later,BUSL-1.1', 1],
    ['unknown', 1],
    ['network-copyleft,proprietary', 0],
    ['GPL', 2],
  ])('--deny %s ends with %i', async (denied, exit) => {
    using folder = temporaryDirectory()
    const { status, stderr } = await seawall(['licences', rootIn(folder.path), '--deny', denied])
    expect(status).toBe(exit)
    if (exit === 1) expect(stderr).toContain('1 package with a denied licence')
  })

  it('lists packages by licence, what asks most first', async () => {
    using folder = temporaryDirectory()
    const { stdout } = await seawall(['licences', rootIn(folder.path), '--deny', 'permissive'])
    const rows = stdout.split('\n').filter((line) => line.startsWith('  '))
    expect(rows.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['LICENCE', 'CATEGORY', 'COUNT', 'PACKAGES'],
      ['Apache-2.0', 'permissive, denied', '1', 'right'],
      ['MIT', 'permissive, denied', '1', 'left'],
      ['(none known)', 'unknown', '1', 'gone'],
      ['GPL-3.0-or-later', 'strong-copyleft', '1', 'quay'],
    ])
  })
})
