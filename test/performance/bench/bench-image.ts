import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { shared } from '../../helpers/components.ts'
import { startDockerEngine } from '../../helpers/docker-engine.ts'

/** The benchmark image in two forms. */
export interface BenchImage {
  /** OCI layout with gzip layers. */
  readonly layout: string
  /** What `docker save` writes: uncompressed layers. */
  readonly dockerArchive: string
}

const base = 'acme/debian:12.15-slim'
const tag = 'acme/bench:1'

/** Finds the image below SEAWALL_BENCH (~/.cache/seawall/bench), or builds it there once with an engine of its own. */
export async function benchImage(): Promise<BenchImage> {
  const home = process.env['SEAWALL_BENCH'] ?? join(homedir(), '.cache/seawall/bench')
  const image = { layout: join(home, 'layout'), dockerArchive: join(home, 'image.tar') }
  if (existsSync(image.layout) && existsSync(image.dockerArchive)) return image
  const recipe = process.env['SEAWALL_BENCH_RECIPE'] ?? shared('images/bench-recipe')
  if (!existsSync(recipe)) throw new Error('There is no benchmark image: set SEAWALL_BENCH or SEAWALL_BENCH_RECIPE.')
  const context = join(home, 'context')
  mkdirSync(context, { recursive: true })
  prepareContext(recipe, context)
  await build(context, join(home, 'building'), image)
  return image
}

function prepareContext(recipe: string, context: string): void {
  for (const file of ['Dockerfile', 'package.json', 'package-lock.json'])
    copyFileSync(join(recipe, file), join(context, file))
  if (existsSync(join(context, 'node_modules/.package-lock.json'))) return
  say('installing node_modules')
  const args = ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund']
  execFileSync('npm', args, { cwd: context, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function build(context: string, work: string, { layout, dockerArchive }: BenchImage): Promise<void> {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const archive = join(work, 'image.tar')
  const baseArchive = join(work, 'base.tar')
  say('building the image')
  copyImage(`oci:${shared('images/oci')}:${base}`, `docker-archive:${baseArchive}:${base}`)
  {
    await using engine = await startDockerEngine(join(work, 'engine'))
    engine.docker('load', '--quiet', '--input', baseArchive)
    engine.docker('build', '--quiet', '--network=host', '--tag', tag, context)
    engine.docker('save', '--output', archive, tag)
  }
  say('compressing its layers')
  rmSync(layout, { recursive: true, force: true })
  copyImage(`docker-archive:${archive}`, `oci:${join(work, 'layout')}:${tag}`)
  renameSync(join(work, 'layout'), layout)
  renameSync(archive, dockerArchive)
  rmSync(work, { recursive: true, force: true, maxRetries: 5 })
}

function copyImage(from: string, to: string): void {
  execFileSync('skopeo', ['copy', '--quiet', '--insecure-policy', from, to], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function say(what: string): void {
  process.stderr.write(`benchmark image: ${what} …\n`)
}
