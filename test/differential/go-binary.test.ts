import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { expect, it } from 'vitest'
import goBinary from '#inventory/golang/go-binary.cataloger.ts'
import type { Package } from '#model/package.ts'
import { describeShared, describeWith, hasProgram, shared } from '../helpers/components.ts'
import { buildGoProgram, writeGoProgram } from '../helpers/go-program.ts'

const builds: readonly (readonly string[])[] = [
  ['linux/amd64'],
  ['linux/amd64', '-buildmode=pie'],
  ['linux/s390x'],
  ['windows/amd64'],
  ['darwin/arm64'],
]

describeWith(['go'], 'Go executables and go version -m', () => {
  it.each(builds.map((build) => [build]))('agree on what is linked for %j', async ([platform = '', ...flags]) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-go-'))
    writeGoProgram(folder.path)
    const executable = buildGoProgram(folder.path, platform, flags)
    const packages = await packagesOf(readFileSync(executable))
    expect(packages.map(labelOf)).toEqual(linkedAsGoSays(executable))
    expect(packages).toHaveLength(5)
  })

  it('agree on the Go tools, which hold the magic as a constant too', async () => {
    const tools = execFileSync('go', ['env', 'GOTOOLDIR'], { encoding: 'utf8' }).trim()
    for (const tool of ['link', 'compile', 'buildid'].map((name) => join(tools, name))) {
      expect((await packagesOf(readFileSync(tool))).map(labelOf)).toEqual(linkedAsGoSays(tool))
    }
  })
})

describeShared('the Go program of acme/go-edge', () => {
  it('holds the modules that findings are expected for', async () => {
    const packages = await packagesOf(await executableOf('acme/go-edge:0.9.0'))
    const expected = readFileSync(shared('images', 'expected', 'go-edge-0.9.0.go-expected.tsv'), 'utf8')
    const rows = expected
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
    const installed = new Set(rows.map(([, module = '', version = '']) => `${module} ${version}`))
    const labels = packages.map(({ name, version }) => `${name} ${version.replace(/^v/, '')}`)
    expect(installed.size).toBe(4)
    expect(labels).toEqual(expect.arrayContaining([...installed]))
  })

  it.skipIf(!hasProgram('go'))('is read as go version -m reads it (needs go)', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-go-'))
    const content = await executableOf('acme/go-edge:0.9.0')
    const file = join(folder.path, 'edge')
    writeFileSync(file, content, { mode: 0o755 })
    expect((await packagesOf(content)).map(labelOf)).toEqual(linkedAsGoSays(file))
  })
})

/** As a scan does it: the probe sees the file in chunks, the cataloger what the probe kept. */
async function packagesOf(content: Buffer): Promise<Package[]> {
  const probe = goBinary.probe?.(content.subarray(0, 64), content.length, 'edge')
  for (let at = 0; at < content.length; at += 65_536) probe?.write(content.subarray(at, at + 65_536))
  const kept = probe?.end() ?? Buffer.alloc(0)
  const file = { path: 'edge', bytes: () => Promise.resolve(kept), text: () => Promise.resolve(kept.toString()) }
  const context = {
    signal: new AbortController().signal,
    distribution: undefined,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: () => [],
  }
  const packages: Package[] = []
  for await (const found of await goBinary.catalog(file, context))
    if (found !== undefined && 'package' in found) packages.push(found.package)
  return packages
}

function labelOf({ name, version }: Package): string {
  return `${name} ${version}`
}

/** Dependencies with their replacements, and the toolchain; what has no version is left out. */
function linkedAsGoSays(executable: string): string[] {
  const [first = '', ...lines] = execFileSync('go', ['version', '-m', executable], { encoding: 'utf8' }).split('\n')
  const linked = [`stdlib ${/: go(\S+)/.exec(first)?.[1]}`]
  for (const line of lines) {
    const [, kind, path, version] = line.split('\t')
    if (kind === '=>') linked.pop()
    if (kind === 'dep' || kind === '=>' || kind === 'mod') linked.push(`${path} ${version}`)
  }
  return linked.filter((label) => !label.endsWith(' (devel)'))
}

/** The largest file of the only layer. */
async function executableOf(reference: string): Promise<Buffer> {
  const layout = shared('images', 'oci')
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'))
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as Index
  const entry = index.manifests.find(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === reference,
  )
  const manifest = JSON.parse(readFileSync(blob(entry?.digest ?? ''), 'utf8')) as Manifest
  const tar = extract()
  const [contents] = await Promise.all([
    Array.fromAsync(tar, (file) => buffer(file)),
    pipeline(createReadStream(blob(manifest.layers[0]?.digest ?? '')), createGunzip(), tar),
  ])
  return contents.reduce((largest, content) => (content.length > largest.length ? content : largest), Buffer.alloc(0))
}

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[]
}

interface Manifest {
  readonly layers: readonly { readonly digest: string }[]
}
