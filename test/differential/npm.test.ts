import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import nodeModules from '#inventory/npm/node-modules.cataloger.ts'
import packageLock from '#inventory/npm/package-lock.cataloger.ts'
import { describeWith, projectDir } from '../helpers/components.ts'
import { packageFilesBelow } from '../helpers/package-files.ts'
import { rootOf } from '../helpers/root.ts'

interface Listed {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, Listed>>
}

const folder = realpathSync(join(projectDir, 'node_modules'))

/** `name version` of everything below; what is missing has no version. */
function namesBelow({ dependencies = {} }: Listed): string[] {
  return Object.entries(dependencies).flatMap(([key, entry]) => [
    ...(entry.version === undefined ? [] : [`${entry.name ?? key} ${entry.version}`]),
    ...namesBelow(entry),
  ])
}

function npmAnswer(...options: string[]): string[] {
  const answer = execFileSync('npm', ['ls', '--all', '--json', '--long', ...options], {
    cwd: join(folder, '..'),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return [...new Set(namesBelow(JSON.parse(answer)))].toSorted()
}

async function ourAnswer(cataloger: Cataloger, files: Readonly<Record<string, Buffer>>): Promise<string[]> {
  const options = { catalogers: [cataloger], signal: AbortSignal.timeout(60_000) }
  const { packages } = await catalog(rootOf(files), options)
  return [...new Set(packages.map(({ name, version }) => `${name} ${version}`))].toSorted()
}

describeWith(['npm'], 'the packages of this project', () => {
  it('as they are installed are those that npm ls lists', async () => {
    const expected = npmAnswer()
    expect(expected.length).toBeGreaterThan(50)
    expect(await ourAnswer(nodeModules, packageFilesBelow(folder, /(?:^|\/)package\.json$/))).toEqual(expected)
  })

  it('as they are locked and run are those that npm ls lists without development', async () => {
    const expected = npmAnswer('--package-lock-only', '--omit=dev')
    const lock = readFileSync(join(folder, '..', 'package-lock.json'))
    expect(await ourAnswer(packageLock, { 'app/package-lock.json': lock })).toEqual(expected)
  })
})
