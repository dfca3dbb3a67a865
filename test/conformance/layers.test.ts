import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Selector } from '#image/entry.ts'
import { overlay } from '#image/file-tree.ts'
import { inflate } from '#image/inflate.ts'
import { readLayer } from '#image/layer.ts'
import { imageLimits } from '#image/limits.ts'
import { type Chunks, readAll } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'
import { describeShared, describeWith, shared } from '../helpers/components.ts'

const limitBytes = 512 * 1024 ** 2
const options = { name: 'layer 0', limits: imageLimits, signal: AbortSignal.timeout(280_000) }
const everything: Selector = { wants: () => true, probe: () => undefined }

function archives(): string[] {
  return ['images/real', 'images/layer-edge-cases'].flatMap((folder) =>
    existsSync(shared(folder)) ? readdirSync(shared(folder)).map((name) => `${folder}/${name}`) : [],
  )
}

/** gzip, zstd, or a first header of a tar archive. */
function looksLikeLayer(bytes: Buffer): boolean {
  return /^(?:1f8b|28b52ffd)/.test(bytes.toString('hex', 0, 4)) || bytes.toString('latin1', 257, 262) === 'ustar'
}

/** What GNU tar counts, or `undefined` when it finds fault. */
function countedByTar(plain: Buffer): number | undefined {
  try {
    const settings = { input: plain, maxBuffer: limitBytes, stdio: ['pipe', 'pipe', 'ignore'] as const }
    return (
      execFileSync('tar', ['-t', '--quoting-style=escape'], { ...settings, stdio: [...settings.stdio] })
        .toString()
        .split('\n').length - 1
    )
  } catch {
    return undefined
  }
}

async function expectLikeTar(blob: Chunks & { readonly length?: number }): Promise<void> {
  const plain = await readAll(inflate(blob, options), limitBytes)
  const counted = countedByTar(plain)
  const contents = await readLayer([plain], { ...options, selector: everything }).catch((error: unknown) => error)
  if (counted === undefined) expect(contents).toMatchObject({ code: 'malformed' })
  else expect(contents).toMatchObject({ entries: { length: counted }, bytes: plain.length })
}

describeShared('real layers', () => {
  describeWith(['tar'], 'hold as many entries as GNU tar counts', () => {
    it.each(archives())('%s', async (name) => {
      await expectLikeTar(createReadStream(shared(name)))
      const outer = inflate(createReadStream(shared(name)), options)
      for await (const { content } of readTar(outer, options)) {
        const bytes = await readAll(content, limitBytes)
        if (looksLikeLayer(bytes)) await expectLikeTar([bytes])
      }
    })
  })

  it('lie on top of each other without a remark', async () => {
    const layers = []
    for (const name of archives()) {
      for await (const { content } of readTar(inflate(createReadStream(shared(name)), options), options)) {
        const bytes = await readAll(content, limitBytes)
        if (!looksLikeLayer(bytes)) continue
        const selector: Selector = { wants: () => false, probe: () => undefined }
        layers.push(await readLayer([bytes], { ...options, selector }))
      }
    }
    const tree = overlay(layers)
    expect(tree.lookup('lib/../etc/os-release', { follow: true })?.type).toBe('file')
    for (const node of tree.walk()) expect(tree.lookup(node.path)?.inode).toBe(node.inode)
    expect(tree.unknowns).toEqual([])
  })
})
