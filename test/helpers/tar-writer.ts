/** A member of an archive as a test wants it written; every field may be something no tar would write. */
export interface Member {
  readonly name: string | Buffer
  /** The type flag; a file when absent. */
  readonly type?: string
  readonly content?: string | Buffer
  readonly size?: number
  readonly linkName?: string | Buffer
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtime?: number
  readonly magic?: 'ustar' | 'gnu' | 'v7'
  readonly prefix?: string
  readonly device?: readonly [number, number]
  /** Last word before the checksum is made. */
  readonly patch?: (header: Buffer) => void
}

const magics = { ustar: 'ustar\x0000', gnu: 'ustar  \0', v7: '' }

/** An archive with its end marker. */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(memberOf), Buffer.alloc(1024)])
}

/** Header, content and padding of one member. */
export function memberOf(member: Member): Buffer {
  const content = Buffer.from(member.content ?? '')
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512)
  return Buffer.concat([headerOf({ size: content.length, ...member }), content, padding])
}

function headerOf({ mode = 0o644, uid = 0, gid = 0, size = 0, mtime = 0, device = [0, 0], ...member }: Member): Buffer {
  const { linkName = '', type = '0', magic = 'ustar', prefix = '' } = member
  const header = Buffer.alloc(512)
  header.set(Buffer.from(member.name).subarray(0, 100), 0)
  writeOctal(header, 100, 8, mode)
  writeOctal(header, 108, 8, uid)
  writeOctal(header, 116, 8, gid)
  writeOctal(header, 124, 12, size)
  writeOctal(header, 136, 12, mtime)
  header.write(type, 156, 'latin1')
  header.set(Buffer.from(linkName).subarray(0, 100), 157)
  header.write(magics[magic], 257, 'latin1')
  writeOctal(header, 329, 8, device[0])
  writeOctal(header, 337, 8, device[1])
  header.write(prefix, 345, 'latin1')
  member.patch?.(header)
  writeChecksum(header)
  return header
}

/** A PAX header for the member after it; `global` for all that follow. */
export function paxOf(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Member {
  const lines = Object.entries(records).map(([keyword, value]) => paxRecord(keyword, value))
  return { name: 'PaxHeader', type, content: lines.join('') }
}

export function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`
  let length = Buffer.byteLength(rest)
  while (length !== Buffer.byteLength(`${length}${rest}`)) length = Buffer.byteLength(`${length}${rest}`)
  return `${length}${rest}`
}

export function writeChecksum(header: Buffer): void {
  header.fill(' ', 148, 156)
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

function writeOctal(header: Buffer, at: number, length: number, value: number): void {
  header.write(
    value
      .toString(8)
      .padStart(length - 1, '0')
      .slice(-(length - 1)),
    at,
    'latin1',
  )
}
