import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { type Chunks, readAll } from '#kit/limits.ts'

export interface FixtureMember {
  readonly name: string
  readonly bytes: Buffer
}

/** The feeds of a fixture folder by name. A folder called `x.zip` or `x.tar.gz` holds what is in that archive. */
export async function readFeedFixtures(dir: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = readdirSync(dir).filter((name) => !name.endsWith('expected.json'))
  const feeds = await Promise.all(names.map(async (name) => [name, await feedOf(join(dir, name), name)] as const))
  return new Map(feeds)
}

async function feedOf(path: string, name: string): Promise<Buffer> {
  if (!statSync(path).isDirectory()) return readFileSync(path)
  return packFeed(name, membersOf(path))
}

export async function packFeed(name: string, members: readonly FixtureMember[]): Promise<Buffer> {
  return name.endsWith('.zip') ? zip(members) : gzipSync(await tar(members))
}

export function membersOf(dir: string): readonly FixtureMember[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => !statSync(join(dir, name)).isDirectory())
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(dir, name)) }))
}

async function tar(members: readonly FixtureMember[]): Promise<Buffer> {
  const packer = pack()
  for (const { name, bytes } of members) packer.entry({ name, mtime: new Date(0) }, bytes)
  packer.finalize()
  return readAll(packer as Chunks, 64 * 1024 * 1024)
}

export function zip(members: readonly FixtureMember[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of members) {
    const packed = deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), packed])
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, place, Buffer.from(name))
    parts.push(local)
    offset += local.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, listed, end])
}
