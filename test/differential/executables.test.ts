/** What we read of the executables and libraries of this machine, against what its own tools say of them. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Analyser } from '#image/entry.ts'
import binaryClassifier from '#inventory/binary/binary-classifier.cataloger.ts'
import { executableAnalyser } from '#inventory/executables/executable-probe.ts'
import { decodeFacts } from '#inventory/executables/facts.ts'
import { describeWith } from '../helpers/components.ts'

const folders = ['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
const filesLimit = 400
const sizeLimitBytes = 32 * 1024 ** 2

describeWith(['readelf'], 'facts of ELF files', () => {
  it('are those that readelf prints', () => {
    const files = elfFiles().slice(0, filesLimit)
    expect(files.length).toBeGreaterThan(50)
    expect(files.map((file) => [file, ours(file)])).toEqual(files.map((file) => [file, theirs(file)]))
  })
})

describeWith(['dpkg-query', 'dpkg'], 'versions that files tell', () => {
  it('are those of the Debian packages that own the files', async () => {
    const told = await Promise.all(elfFiles().map(async (file) => ({ file, versions: await versionsIn(file) })))
    const known = told.flatMap(({ file, versions }) =>
      versions.map((version) => ({ file, version, owner: ownerOf(file) })),
    )
    const owned = known.filter(({ owner }) => owner !== undefined)
    expect(owned.length).toBeGreaterThan(5)
    expect(owned.filter(({ version, owner = '' }) => !isOf(version, owner))).toEqual([])
  })
})

function elfFiles(): string[] {
  const names = folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => `${folder}/${name}`)
    } catch {
      return []
    }
  })
  return names.filter((file) => statSync(file).size < sizeLimitBytes && isElf(file)).toSorted()
}

function isElf(file: string): boolean {
  return readFileSync(file).subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))
}

function ours(file: string) {
  const kept = noteOf(executableAnalyser, file)
  if (kept === undefined) return undefined
  const { buildId, interpreter, soname, needed } = decodeFacts(kept, file)
  return { buildId, interpreter, soname, needed }
}

function theirs(file: string) {
  const text = execFileSync('readelf', ['-W', '-h', '-l', '-d', '-n', file], { encoding: 'utf8', stdio: 'pipe' })
  if (!/^\s*Type:\s+(?:EXEC|DYN)/m.test(text)) return undefined
  return {
    buildId: /Build ID: ([0-9a-f]+)/.exec(text)?.[1],
    interpreter: /program interpreter: ([^\]]+)\]/.exec(text)?.[1],
    soname: /Library soname: \[([^\]]+)\]/.exec(text)?.[1],
    needed: Array.from(text.matchAll(/Shared library: \[([^\]]+)\]/g), ([, name]) => name),
  }
}

async function versionsIn(file: string): Promise<string[]> {
  const { id, version, probe, catalog } = binaryClassifier
  const kept = probe && noteOf({ id, version, probe }, file)
  if (kept === undefined) return []
  const at = { path: file.slice(1), bytes: () => Promise.resolve(kept), text: () => Promise.resolve(kept.toString()) }
  const { signal } = new AbortController()
  const context = {
    signal,
    distribution: undefined,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: () => [],
  }
  const versions: string[] = []
  for await (const found of await catalog(at, context)) {
    if (found !== undefined && 'package' in found) versions.push(found.package.version)
  }
  return versions
}

function noteOf(analyser: Analyser, file: string): Buffer | undefined {
  const content = readFileSync(file)
  const probe = analyser.probe(content.subarray(0, 64), content.length, file.slice(1))
  for (let at = 0; at < content.length; at += 100_000) probe?.write(content.subarray(at, at + 100_000))
  return probe?.end()
}

/** Version of the package that brought the file; a path may be listed without `/usr`. */
function ownerOf(file: string): string | undefined {
  for (const path of [file, file.replace(/^\/usr/, '')]) {
    try {
      const owner = execFileSync('dpkg', ['-S', path], { encoding: 'utf8', stdio: 'pipe' }).split(': ')[0] ?? ''
      return execFileSync('dpkg-query', ['-W', '-f', '${Version}', owner], { encoding: 'utf8', stdio: 'pipe' })
    } catch {}
  }
  return undefined
}

/** Debian puts an epoch before and a revision behind what the program calls itself, and `+dfsg` and the like between. */
function isOf(version: string, debian: string): boolean {
  return debian.replace(/^\d+:/, '').replace(/^v/, '').startsWith(version.replace(/^v/, ''))
}
