import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const fileBytes = 1024 ** 3
const zeros = Buffer.alloc(1024 * 1024)

/** An OCI layout with one uncompressed layer of so many files of 1 GiB, all of them holes on disk. */
export async function sparseLayout(home: string, files: number): Promise<string> {
  const blobs = join(home, 'blobs/sha256')
  mkdirSync(blobs, { recursive: true })
  const layer = join(home, 'layer')
  const digest = await writeLayer(layer, files)
  renameSync(layer, join(blobs, digest.slice('sha256:'.length)))
  const put = (document: object) => {
    const bytes = Buffer.from(JSON.stringify(document))
    const hex = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(blobs, hex), bytes)
    return { digest: `sha256:${hex}`, size: bytes.length }
  }
  const config = put({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digest] } })
  const size = files * (fileBytes + 512) + 1024
  const mediaType = 'application/vnd.oci.image.layer.v1.tar'
  const manifest = put({
    schemaVersion: 2,
    config: { ...config, mediaType: 'application/vnd.oci.image.config.v1+json' },
    layers: [{ mediaType, digest, size }],
  })
  const listed = { ...manifest, mediaType: 'application/vnd.oci.image.manifest.v1+json' }
  writeFileSync(join(home, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [listed] }))
  writeFileSync(join(home, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return home
}

async function writeLayer(path: string, files: number): Promise<string> {
  const hash = createHash('sha256')
  await using file = await open(path, 'w')
  let position = 0
  for (let number = 0; number < files; number += 1) {
    const header = headerOf(`data/${number}`)
    await file.write(header, 0, header.length, position)
    hash.update(header)
    for (let done = 0; done < fileBytes; done += zeros.length) hash.update(zeros)
    position += header.length + fileBytes
  }
  hash.update(zeros.subarray(0, 1024))
  await file.truncate(position + 1024)
  return `sha256:${hash.digest('hex')}`
}

/** POSIX ustar. */
function headerOf(name: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(`0000644\0${'0000000\0'.repeat(2)}`, 100)
  header.write(`${fileBytes.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124)
  header.write('        0', 148)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
