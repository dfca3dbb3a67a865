import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMember {
  readonly name: string
  readonly content?: string | Buffer
  readonly isStored?: boolean
  /** Sizes stand behind the content, as whoever writes to a stream does it. */
  readonly hasDescriptor?: boolean
  /** Begin where another member begins, and have its content. */
  readonly sameAs?: number
  /** What its header in front of the content says instead. */
  readonly localName?: string
  /** What the directory says instead. */
  readonly claims?: {
    readonly size?: number
    readonly method?: number
    readonly crc32?: number
    readonly flags?: number
  }
}

export interface ZipOptions {
  /** Stands before the archive, which does not know of it. */
  readonly prefix?: Buffer
  readonly comment?: string
  readonly isZip64?: boolean
}

/** A zip as its members say, right or wrong. */
export function zipOf(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const { prefix = Buffer.alloc(0), comment = '', isZip64 = false } = options
  const parts: Buffer[] = []
  const places: Place[] = []
  let offset = 0
  for (const member of members) {
    const known = member.sameAs === undefined ? undefined : places[member.sameAs]
    const place = known ?? placeOf(member, offset)
    places.push(place)
    if (known !== undefined) continue
    const written = localOf(member, place)
    parts.push(...written)
    offset += written.reduce((sum, part) => sum + part.length, 0)
  }
  const rows = members.flatMap((member, index) => rowOf(member, places[index] ?? placeOf(member, 0), isZip64))
  const directory = Buffer.concat(rows)
  const end64 = isZip64 ? end64Of(rows.length, directory.length, offset) : Buffer.alloc(0)
  const end = isZip64
    ? endOf(0xffff, 0xffffffff, 0xffffffff, comment)
    : endOf(rows.length, directory.length, offset, comment)
  return Buffer.concat([prefix, ...parts, directory, end64, end])
}

function placeOf({ content = '', isStored = false }: ZipMember, offset: number): Place {
  const plain = Buffer.from(content)
  return { offset, plain, data: isStored ? plain : deflateRawSync(plain) }
}

// oxlint-disable-next-line max-params -- the fields in their order
function endOf(count: number, length: number, offset: number, comment: string): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([end, Buffer.from(comment)])
}

interface Place {
  readonly offset: number
  readonly data: Buffer
  readonly plain: Buffer
}

function localOf(member: ZipMember, { data, plain }: Place): Buffer[] {
  const name = Buffer.from(member.localName ?? member.name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(member.hasDescriptor === true ? 8 : 0, 6)
  header.writeUInt16LE(member.isStored === true ? 0 : 8, 8)
  header.writeUInt16LE(name.length, 26)
  const sizes = Buffer.alloc(12)
  sizes.writeUInt32LE(crc32(plain), 0)
  sizes.writeUInt32LE(data.length, 4)
  sizes.writeUInt32LE(plain.length, 8)
  if (member.hasDescriptor === true) return [header, name, data, Buffer.from('PK\u0007\u0008', 'latin1'), sizes]
  sizes.copy(header, 14)
  return [header, name, data]
}

function rowOf({ name, claims = {}, ...member }: ZipMember, { offset, data, plain }: Place, isZip64: boolean): Buffer {
  const told = {
    flags: member.hasDescriptor === true ? 8 : 0,
    method: member.isStored === true ? 0 : 8,
    crc32: crc32(plain),
  }
  const { flags, method, crc32: checksum } = { ...told, ...claims }
  const sizes = [claims.size ?? plain.length, data.length, offset]
  const [size = 0, compressedSize = 0, place = 0] = isZip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : sizes
  const extra = isZip64 ? wideOf(sizes) : Buffer.alloc(0)
  const row = Buffer.alloc(46)
  row.writeUInt32LE(0x02014b50, 0)
  row.writeUInt16LE(flags, 8)
  row.writeUInt16LE(method, 10)
  row.writeUInt32LE(checksum, 16)
  row.writeUInt32LE(compressedSize, 20)
  row.writeUInt32LE(size, 24)
  row.writeUInt16LE(Buffer.byteLength(name), 28)
  row.writeUInt16LE(extra.length, 30)
  row.writeUInt32LE(place, 42)
  return Buffer.concat([row, Buffer.from(name), extra])
}

function wideOf(sizes: readonly number[]): Buffer {
  const extra = Buffer.alloc(28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(24, 2)
  for (const [index, value] of sizes.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return extra
}

function end64Of(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(76)
  end.writeUInt32LE(0x06064b50, 0)
  end.writeBigUInt64LE(44n, 4)
  for (const [index, value] of [count, count, length, offset].entries())
    end.writeBigUInt64LE(BigInt(value), 24 + 8 * index)
  end.writeUInt32LE(0x07064b50, 56)
  end.writeBigUInt64LE(BigInt(offset + length), 64)
  end.writeUInt32LE(1, 72)
  return end
}
