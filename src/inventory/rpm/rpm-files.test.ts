import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { header, number, numbers, text, texts } from '../../../test/helpers/rpm-header.ts'
import { readFileList } from './rpm-files.ts'
import { rpmOwnership } from './rpm-ownership.ts'
import { malformed, type StoredHeaders } from './stored-header.ts'

const sha256 = 'ab'.repeat(32)
const files = [
  numbers(1028, [10, 20, 30, 0]),
  { tag: 1029, type: 1, data: Buffer.from([0, 0, 2, 0]), count: 4 },
  texts(1035, [sha256, '', sha256, sha256]),
  numbers(1037, [0, 0, 0, 1 << 6]),
  numbers(1116, [0, 1, 0, 1]),
  texts(1117, ['run', 'shop.conf', 'manual', 'cache']),
  texts(1118, ['/usr/bin/', '/etc/']),
]
const nevra = [text(1000, 'shop'), text(1001, '1.2'), text(1002, '3.el9'), number(1003, 4), text(1022, 'x86_64')]
const shop = header([...nevra, ...files, number(5011, 8)])
const owner = { name: 'shop', version: '4:1.2-3.el9', architecture: 'x86_64' }

describe('the files of a package header', () => {
  it('are those that it brought, with what they were', () => {
    expect(owned([shop])).toEqual([
      { path: '/usr/bin/run', digest: `sha256:${sha256}`, size: 10, owner },
      { path: '/etc/shop.conf', digest: undefined, size: 20, owner },
    ])
  })

  it('have MD5 checksums where the header does not say which', () => {
    expect(readFileList(header([...nevra, ...files])).at(0).digest).toBe(`md5:${sha256}`)
  })

  it('are none of a package without files', () => {
    expect(readFileList(header(nevra)).baseNames).toEqual([])
  })

  it('are read of the packages beside a damaged one', () => {
    expect(owned([Buffer.from('junk'), shop])).toHaveLength(2)
  })

  it('survive damage', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        for (const file of owned([damaged(shop, changes)])) expect(typeof file?.path).toBe('string')
      }),
    )
  })
})

function owned(blobs: readonly Buffer[]) {
  function* stored(): StoredHeaders {
    for (const blob of blobs) yield { where: 'record', blob }
    throw malformed('the rest is cut')
  }
  const { owned: read } = rpmOwnership([], stored)
  return [...read({ path: '', content: Buffer.alloc(0) }, () => true)]
}
