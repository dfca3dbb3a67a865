import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { zip } from '../../test/helpers/feed-fixture.ts'
import { osvEcosystem } from './osv-recognition.ts'

function record(...ecosystems: string[]): { name: string; bytes: Buffer } {
  const affected = ecosystems.map((ecosystem) => ({ package: { ecosystem, name: 'x' } }))
  return { name: 'x.json', bytes: Buffer.from(JSON.stringify({ id: 'X-1', affected })) }
}

describe('the ecosystem of OSV records', () => {
  it('is the one that all of them name', () => {
    expect(osvEcosystem('all.zip', zip([record('Maven', 'Go'), record('Go', 'npm', 'npm')]))).toBe('Go')
  })

  it('is the one that most of them name, where a few are strays', () => {
    const records = [record('GHC'), ...Array.from({ length: 9 }, () => record('Hackage'))]
    expect(osvEcosystem('all.zip', zip(records))).toBe('Hackage')
  })

  it('is the one in the path, where the records leave it open', () => {
    const bytes = zip([record('npm', 'npm', 'PyPI')])
    expect(osvEcosystem('all.zip', bytes)).toBe('npm')
    expect(osvEcosystem('feeds/pypi/all.zip', Buffer.from(bytes))).toBe('PyPI')
  })

  it('is not told of a mixture', () => {
    expect(osvEcosystem('all.zip', zip([record('npm'), record('Go'), record('PyPI')]))).toBeUndefined()
  })

  it('is found in a zip that was written as a stream, and in a part of one', () => {
    const bytes = Buffer.concat([streamed(record('Pub', 'npm')), streamed(record('Pub')), streamed(record('Pub'))])
    expect(osvEcosystem('all.zip', bytes)).toBe('Pub')
    expect(osvEcosystem('all.zip', Buffer.from(bytes.subarray(0, bytes.length - 40)))).toBe('Pub')
  })

  it('is found in a single record', () => {
    expect(osvEcosystem('x.json', record('AlmaLinux:9').bytes)).toBe('AlmaLinux')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['the start of a zip header', Buffer.from('PK\u0003\u0004 and more text than a header has')],
  ])('is unknown of %s', (_name, bytes) => {
    expect(osvEcosystem('all.zip', bytes)).toBeUndefined()
  })
})

/** A local header without sizes, which follow the content instead. */
function streamed({ name, bytes }: { name: string; bytes: Buffer }): Buffer {
  const packed = deflateRawSync(bytes)
  const header = Buffer.alloc(30)
  header.write('PK\u0003\u0004')
  header.writeUInt16LE(8, 6)
  header.writeUInt16LE(8, 8)
  header.writeUInt16LE(name.length, 26)
  const descriptor = Buffer.alloc(16)
  descriptor.write('PK\u0007\u0008')
  descriptor.writeUInt32LE(crc32(bytes), 4)
  descriptor.writeUInt32LE(packed.length, 8)
  descriptor.writeUInt32LE(bytes.length, 12)
  return Buffer.concat([header, Buffer.from(name), packed, descriptor])
}
