import { createHash, randomBytes } from 'node:crypto'
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { tarOf } from '../../helpers/tar-writer.ts'
import { type Case, type Measured, ours, type Run } from './measure.ts'

const atOnce = 8

/** What several scans have in common is done once. Everything they write is below `home`. */
export function sharedCases(layout: string, home: string): Case[] {
  return [oneNewLayer(layout, join(home, 'one')), manyAtOnce(layout, join(home, 'many'))]
}

/** An image of all layers of another, which is known, and one that is not; held against reading all of it. */
function oneNewLayer(layout: string, home: string): Case {
  let round = 0
  const scanNext = (isKnown: boolean): Run => {
    return async () => {
      round += 1
      const image = withNewLayer(layout, join(home, `image${round}`))
      const cache = join(home, `cache${round}`)
      if (isKnown) await ours(['scan', '--quiet', layout], cacheIn(home, 'known'))()
      if (isKnown) cpSync(join(home, 'known'), cache, { recursive: true, preserveTimestamps: true })
      const measured = await ours(['scan', '--quiet', image], cache)()
      for (const path of [image, cache]) rmSync(path, { recursive: true, force: true })
      return measured
    }
  }
  return {
    name: 'one new layer of nine',
    floor: { name: 'all new', run: scanNext(false) },
    run: scanNext(true),
    limit: 0.4,
  }
}

/** Held against what the processors have to do when the same scans run one after the other, spread over all of them. */
function manyAtOnce(layout: string, home: string): Case {
  let round = 0
  const scans = (run: (scan: () => Promise<Measured>) => Promise<Measured>): Run => {
    return () => {
      round += 1
      const cache = cacheIn(home, `cache${round}`)
      return run(ours(['scan', '--quiet', layout], cache))
    }
  }
  return {
    name: `${atOnce} scans at once`,
    floor: {
      name: 'their work one by one, per core',
      run: scans(async (scan) => {
        let total = 0
        for (let count = 0; count < atOnce; count += 1) total += (await scan()).processorMs ?? 0
        return { milliseconds: total / availableParallelism() }
      }),
    },
    run: scans(async (scan) => {
      const start = performance.now()
      await Promise.all(Array.from({ length: atOnce }, scan))
      return { milliseconds: performance.now() - start }
    }),
    rounds: 3,
    limit: 1.2,
  }
}

function cacheIn(home: string, name: string): string {
  const path = join(home, name)
  mkdirSync(path, { recursive: true })
  return path
}

const Descriptor = z.looseObject({ digest: z.string(), size: z.number() })
const Manifest = z.looseObject({ config: Descriptor, layers: z.array(Descriptor) })
const Config = z.looseObject({ rootfs: z.looseObject({ diff_ids: z.array(z.string()) }) })
const Index = z.looseObject({ manifests: z.array(Descriptor) })

/** The same blobs, as links, and a layer of 8 MB that no scan has seen. */
function withNewLayer(layout: string, home: string): string {
  const blobs = (root: string) => join(root, 'blobs/sha256')
  mkdirSync(blobs(home), { recursive: true })
  for (const name of readdirSync(blobs(layout))) linkSync(join(blobs(layout), name), join(blobs(home), name))
  const read = (digest: string): unknown => JSON.parse(readFileSync(join(blobs(layout), hexOf(digest)), 'utf8'))
  const put = (bytes: Buffer) => {
    const digest = sha256(bytes)
    writeFileSync(join(blobs(home), hexOf(digest)), bytes)
    return { digest, size: bytes.length }
  }
  const archive = tarOf([
    { name: 'opt/new/package.json', content: JSON.stringify({ name: 'new', version: '1.0.0' }) },
    { name: 'opt/new/data', content: randomBytes(8e6) },
  ])
  const index = Index.parse(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')))
  const manifest = Manifest.parse(read(index.manifests[0]?.digest ?? ''))
  const config = Config.parse(read(manifest.config.digest))
  const diffIds = [...config.rootfs.diff_ids, sha256(archive)]
  const newConfig = put(
    Buffer.from(JSON.stringify({ ...config, history: [], rootfs: { type: 'layers', diff_ids: diffIds } })),
  )
  const layer = { ...manifest.layers[0], ...put(gzipSync(archive)) }
  const newManifest = { ...manifest, config: { ...manifest.config, ...newConfig }, layers: [...manifest.layers, layer] }
  const listed = { ...index.manifests[0], ...put(Buffer.from(JSON.stringify(newManifest))) }
  writeFileSync(join(home, 'index.json'), JSON.stringify({ ...index, manifests: [listed] }))
  writeFileSync(join(home, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return home
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
