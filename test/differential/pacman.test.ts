import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import pacmanLocal from '#inventory/arch/pacman-local.cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import { describeWith } from '../helpers/components.ts'
import { rootOf } from '../helpers/root.ts'

const word = fc.stringMatching(/^[a-z][a-z0-9+.-]{0,10}[a-z0-9]$/)
const version = fc.stringMatching(/^(?:[1-9]:)?[0-9][0-9a-z.+_]{0,8}-[1-9]$/)
const packages = fc.uniqueArray(
  fc.record({
    name: word,
    version,
    base: word,
    architecture: fc.constantFrom('x86_64', 'any'),
    licences: fc.array(fc.constantFrom('MIT', 'GPL-2.0-or-later', 'custom:Harbour Team'), { maxLength: 2 }),
    extra: fc.constantFrom('', '%DESC%\n100% of it\n\n', '%XDATA%\npkgtype=pkg\n\n'),
  }),
  { minLength: 1, maxLength: 6, selector: ({ name }) => name },
)
type Described = typeof packages extends fc.Arbitrary<(infer One)[]> ? One : never

function describePackage({ name, version: own, base, architecture, licences, extra }: Described): string {
  const sections = [
    ['NAME', name],
    ['VERSION', own],
    ['BASE', base],
    ['ARCH', architecture],
    ...(licences.length === 0 ? [] : [['LICENSE', ...licences]]),
  ]
  return `${extra}${sections.map(([title, ...values]) => `%${title}%\n${values.join('\n')}\n`).join('\n')}\n`
}

describeWith(['pacman'], 'the pacman database', () => {
  it('holds what pacman says', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(packages, async (list) => {
        using folder = mkdtempDisposableSync(join(tmpdir(), 'pacman-'))
        const files = list.map((one) => [`${one.name}-${one.version}`, describePackage(one)] as const)
        mkdirSync(join(folder.path, 'local'))
        writeFileSync(join(folder.path, 'local/ALPM_DB_VERSION'), '9\n')
        for (const [name, text] of files) {
          mkdirSync(join(folder.path, 'local', name))
          writeFileSync(join(folder.path, 'local', name, 'desc'), text)
          writeFileSync(join(folder.path, 'local', name, 'files'), '')
        }
        const args = ['--dbpath', folder.path, '--config', '/dev/null', '-Q']
        const said = execFileSync('pacman', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        const root = rootOf(
          Object.fromEntries(files.map(([name, text]) => [`var/lib/pacman/local/${name}/desc`, text])),
        )
        const found = await catalog(root, { catalogers: [pacmanLocal], signal: AbortSignal.timeout(30_000) })
        expect(found.unknowns).toEqual([])
        expect(found.packages.map(({ name, version: own }) => `${name} ${own}`).toSorted()).toEqual(
          said.trim().split('\n').toSorted(),
        )
      }),
      { numRuns: 25 },
    )
  })
})
