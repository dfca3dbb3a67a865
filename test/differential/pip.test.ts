import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { catalog } from '#inventory/inventory.ts'
import distInfo from '#inventory/python/dist-info.cataloger.ts'
import eggInfo from '#inventory/python/egg-info.cataloger.ts'
import { describeWith } from '../helpers/components.ts'
import { packageFilesBelow } from '../helpers/package-files.ts'
import { rootOf } from '../helpers/root.ts'

interface Listed {
  readonly name: string
  readonly version: string
}

/** Folders of the Pythons that this machine has, among them those that Debian's packages fill. */
function folders(): string[] {
  const script = 'import json, os, sys, sysconfig; print(json.dumps([*sys.path, sysconfig.get_path("purelib")]))'
  const answer = execFileSync('python3', ['-c', script], { encoding: 'utf8' })
  const all: readonly string[] = [...JSON.parse(answer), '/usr/lib/python3/dist-packages']
  return [...new Set(all)].filter((path) => /(?:site|dist)-packages$/.test(path) && metadataIn(path).length > 0)
}

function metadataIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.(?:dist|egg)-info$/.test(name))
  } catch {
    return []
  }
}

function keyOf({ name, version }: Listed): string {
  return `${name.toLowerCase().replaceAll(/[-_.]+/g, '-')} ${version}`
}

function pipAnswer(folder: string): string[] {
  const options = ['-m', 'pip', 'list', '--format', 'json', '--disable-pip-version-check', '--path', folder]
  const listed: readonly Listed[] = JSON.parse(
    execFileSync('python3', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return listed.map(keyOf).toSorted()
}

/** pip looks at what lies directly in the folder. */
async function ourAnswer(folder: string): Promise<string[]> {
  const root = rootOf(packageFilesBelow(folder, /^[^/]+\.(?:dist-info\/METADATA|egg-info(?:\/PKG-INFO)?)$/))
  const options = { catalogers: [distInfo, eggInfo], signal: AbortSignal.timeout(60_000) }
  const { packages, unknowns } = await catalog(root, options)
  expect(unknowns).toEqual([])
  return packages.map(keyOf).toSorted()
}

describeWith(['python3', 'pip'], 'installed Python packages', () => {
  it('are those that pip lists', async () => {
    const found = folders()
    expect(found.length).toBeGreaterThan(0)
    for (const folder of found) expect(await ourAnswer(folder)).toEqual(pipAnswer(folder))
  })
})
