import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import dpkgStatus from '#inventory/debian/dpkg-status.cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import { describeWith } from '../helpers/components.ts'
import { rootOf } from '../helpers/root.ts'

const fields = ['Package', 'Version', 'source:Package', 'source:Version', 'Architecture', 'db:Status-Status']
const format = `${fields.map((field) => `\${${field}}`).join('\\t')}\\n`

/** States in which dpkg has put all files of a package in place. */
const present = ['installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending']

function dpkgAnswer(folder: string): string[] {
  const answer = execFileSync('dpkg-query', [`--admindir=${folder}`, '-W', '-f', format], { encoding: 'utf8' })
  return answer
    .split('\n')
    .filter((line) => present.includes(line.split('\t')[5] ?? ''))
    .map((line) => line.split('\t').slice(0, 5).join('\t'))
    .toSorted()
}

async function ourAnswer(folder: string): Promise<string[]> {
  const root = rootOf({ 'var/lib/dpkg/status': readFileSync(join(folder, 'status')) })
  const { packages } = await catalog(root, { catalogers: [dpkgStatus], signal: AbortSignal.timeout(60_000) })
  return packages
    .map(({ name, version, source, architecture }) =>
      [name, version, source?.name, source?.version, architecture].join('\t'),
    )
    .toSorted()
}

describeWith(['dpkg-query'], 'the dpkg database', () => {
  it('of this machine holds what dpkg-query says', async () => {
    const expected = dpkgAnswer('/var/lib/dpkg')
    expect(expected.length).toBeGreaterThan(50)
    expect(await ourAnswer('/var/lib/dpkg')).toEqual(expected)
  })

  it('with odd entries holds what dpkg-query says', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dpkg-'))
    mkdirSync(join(folder.path, 'updates'))
    mkdirSync(join(folder.path, 'info'))
    writeFileSync(join(folder.path, 'info', 'format'), '1\n')
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entries, { minLength: 1, maxLength: 12, selector: ({ name }) => name }),
        async (list) => {
          writeFileSync(join(folder.path, 'status'), list.map(({ text }) => text).join('\n'))
          expect(await ourAnswer(folder.path)).toEqual(dpkgAnswer(folder.path))
        },
      ),
      { numRuns: 40 },
    )
  })
})

const word = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,12}$/)
/** Without the epoch 0, which dpkg-query does not print. */
const version = fc.stringMatching(/^(?:[1-9]:)?[0-9][0-9a-z.+~]{0,8}(?:-[0-9][0-9a-z.+~]{0,5})?$/)
const entries = fc
  .record({
    name: word,
    version,
    source: fc.option(fc.tuple(word, fc.option(version))),
    architecture: fc.constantFrom('amd64', 'all', 'i386'),
    want: fc.constantFrom('install', 'hold', 'deinstall', 'purge'),
    state: fc.constantFrom(...present, 'half-installed', 'config-files'),
    key: fc.constantFrom<[string, string]>(['Version: ', 'Source: '], ['VERSION:', 'source:\t']),
    description: fc.constantFrom('one line', 'several\n of\n .\n them', 'a colon: here\n Version: 99'),
  })
  .map(({ name, version: own, source, architecture, want, state, key, description }) => {
    const [sourceName, sourceVersion] = source ?? []
    const lines = [
      `Package: ${name}`,
      `Status: ${want} ok ${state}`,
      'Maintainer: Someone <someone@example.org>',
      `Architecture: ${architecture}`,
      ...(sourceName === undefined ? [] : [`${key[1]}${sourceName}${sourceVersion ? ` (${sourceVersion})` : ''}`]),
      `${key[0]}${own}`,
      ...(state === 'config-files' ? [`Config-Version: ${own}`] : []),
      ...(state.startsWith('triggers-pending') ? ['Triggers-Pending: ldconfig'] : []),
      ...(state.startsWith('triggers-awaited') ? [`Triggers-Awaited: ${name}`] : []),
      `Description: ${description}`,
    ]
    return { name, text: `${lines.join('\n')}\n` }
  })
