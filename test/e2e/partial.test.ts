/** An image of real size, re-encoded with tables of contents: the same findings for a small part of the bytes. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScanReport } from '#model/report.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { contentOfLayout, emptyContent, type FakeRegistry, startFakeRegistry } from '../helpers/fake-registry.ts'
import { addIndexedImage, chunkedLayer, estargzLayer, type IndexedLayer } from '../helpers/indexed-layer.ts'
import { scanToJson } from '../helpers/seawall.ts'

const image = 'acme/shop-api:1.4.2'

describeShared('partial reading', () => {
  describe.each<[string, (tar: Buffer) => IndexedLayer]>([
    ['estargz', (tar) => estargzLayer(tar)],
    ['zstd-chunked', (tar) => chunkedLayer(tar)],
  ])('of an image in %s', (format, build) => {
    let registry: FakeRegistry
    let imageBytes = 0

    beforeAll(async () => {
      const content = emptyContent()
      const layers = archivesOf(image).map(build)
      imageBytes = layers.reduce((sum, { blob }) => sum + blob.length, 0)
      addIndexedImage(content, '1', layers)
      registry = await startFakeRegistry(content)
    })
    afterAll(() => registry[Symbol.asyncDispose]())

    it('transfers at most a twentieth and finds the same', async () => {
      const target = `registry:${registry.host}/shop:1`
      const whole = await scanToJson([target, '--no-cache'])
      const sentBefore = registry.sentBytes()
      const part = await scanToJson([target, '--partial'])
      const sent = registry.sentBytes() - sentBefore
      expect(sent).toBeLessThan(imageBytes / 20)
      expect(part.coverage.transferable).toBe(imageBytes)
      expect(part.coverage.transferred).toBeLessThanOrEqual(sent)
      expect(whole.coverage.transferred).toBeUndefined()
      expect(part.findings.length).toBeGreaterThan(100)
      expect(part.findings).toEqual(whole.findings)
      expect(part.packages).toEqual(whole.packages)
      expect(byTable(part)).toEqual([0, 1, 4, 14].map((index) => ({ index, by: format })))
      expect(part.unknowns.filter(({ reason }) => !reason.includes('executables'))).toEqual(whole.unknowns)
    })
  })
})

function archivesOf(name: string): Buffer[] {
  const content = contentOfLayout(shared('images/oci'))
  const { layers } = JSON.parse(content.manifests.get(name)?.body.toString() ?? '')
  return layers.map(({ digest }: { digest: string }) => {
    return gunzipSync(readFileSync(shared('images/oci/blobs', digest.replace(':', '/'))))
  })
}

function byTable({ coverage }: ScanReport) {
  return coverage.readings?.filter(({ by }) => by !== 'whole')
}
