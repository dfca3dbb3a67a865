import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatBytes } from '#kit/text.ts'
import { hasProgram, projectDir } from '../../helpers/components.ts'
import { temporaryDirectory } from '../../helpers/seawall.ts'
import { benchImage } from './bench-image.ts'
import { type Case, isMet, measure, ours, program, type Result, type Run, tableOf } from './measure.ts'
import { sharedCases } from './shared-cases.ts'
import { sparseLayout } from './sparse-image.ts'

/**
 * Measures every case against its floor in the same run. `--only WORD` runs the cases whose names have it, `--rounds N`
 * changes how often, `--write` puts the figures into docs/performance.md. Fails when a ratio or a peak is too high.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
})
const peakLimitBytes = 300e6
const seawallProgram = join(projectDir, 'bin/seawall.js')
const nothing = program(process.execPath, '-e', '0')

using workspace = temporaryDirectory()
const results: Result[] = []
for (const one of [...startCases(), ...(await imageCases())]) {
  if (!one.name.includes(values.only)) continue
  const result = await measure(one, Number(values.rounds))
  results.push(result)
  process.stderr.write(`${tableOf([result]).split('\n').at(-1)}\n`)
}
const figures = `${machine()}\n\n${tableOf(results)}\n`
process.stdout.write(figures)
if (values.write) writeFigures(figures)
if (!results.every(isMet)) process.exitCode = 1

function startCases(): Case[] {
  const floor = { name: '`node -e 0`', run: nothing }
  return [
    { name: '`--version`', floor, run: program(process.execPath, seawallProgram, '--version'), limit: 1.4 },
    { name: '`scan --help`', floor, run: program(process.execPath, seawallProgram, 'scan', '--help'), limit: 3 },
  ]
}

async function imageCases(): Promise<Case[]> {
  const { layout, dockerArchive } = await benchImage()
  const inflate = {
    name: `inflate on ${availableParallelism()} cores`,
    run: program(process.execPath, join(import.meta.dirname, 'inflate-floor.ts'), ...layersOf(layout)),
  }
  const list = { name: '`cat` into `tar -t`', run: program('sh', '-c', 'cat "$1" | tar -t', 'sh', dockerArchive) }
  const cold: Case = {
    name: 'gzip layers, cold',
    floor: inflate,
    run: scanOf(layout),
    limit: 1.5,
    peakLimitBytes,
  }
  return [
    cold,
    { name: 'docker archive, cold', floor: list, run: scanOf(dockerArchive), limit: 1.5, peakLimitBytes },
    {
      name: 'gzip layers, again',
      floor: { name: 'cold', run: cold.run },
      run: scanOf(layout, workspace.path),
      limit: 0.15,
    },
    {
      name: 'again, beyond the start',
      floor: { name: '`--version`', run: program(process.execPath, seawallProgram, '--version') },
      run: scanOf(layout, workspace.path),
      limitMs: 400,
    },
    ...sharedCases(layout, join(workspace.path, 'shared')),
    { name: '20 GB of holes', floor: { name: 'cold', run: cold.run }, run: sparseScan(), rounds: 1 },
    ...peers(layout, inflate),
  ]
}

function scanOf(image: string, home?: string): Run {
  return ours(['scan', '--quiet', '--format', 'json', image], home)
}

function sparseScan(): Run {
  let image: Promise<string> | undefined
  return async () => {
    image ??= sparseLayout(join(workspace.path, 'sparse'), 20)
    return scanOf(await image)()
  }
}

/** Other scanners, where they are installed with databases of their own. */
function peers(layout: string, floor: Case['floor']): Case[] {
  const commands: Readonly<Record<string, readonly string[]>> = {
    trivy: ['image', '--scanners', 'vuln', '--skip-db-update', '--input', layout],
    grype: [`oci-dir:${layout}`],
    syft: [`oci-dir:${layout}`],
  }
  return Object.entries(commands)
    .filter(([peer]) => hasProgram(peer))
    .map(([peer, args]) => ({ name: peer, floor, run: program(peer, ...args) }))
}

/** Blobs of the only image of a layout, the largest first. */
function layersOf(layout: string): string[] {
  const Digests = z.array(z.object({ digest: z.string() }))
  const blob = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'))
  const document = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  const { manifests } = z.object({ manifests: Digests }).parse(document(join(layout, 'index.json')))
  const { layers } = z.object({ layers: Digests }).parse(document(blob(manifests[0]?.digest ?? '')))
  const paths = layers.map(({ digest }) => blob(digest))
  return paths.toSorted((left, right) => statSync(right).size - statSync(left).size)
}

function machine(): string {
  const date = new Date().toISOString().slice(0, 10)
  const memory = formatBytes(totalmem())
  return `${date}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${memory}, Node ${process.versions.node}; medians of ${values.rounds}.`
}

function writeFigures(text: string): void {
  const page = join(projectDir, 'docs/performance.md')
  const before = readFileSync(page, 'utf8')
  writeFileSync(
    page,
    before.replace(/(<!-- figures -->\n)[^]*(<!-- end -->)/, (_, start, end) => `${start}${text}${end}`),
  )
}
