import { Problem } from '../errors.ts'
import { decodeName } from '../path.ts'

/** What a PAX extended header says about the member after it. An empty text takes an earlier value back. */
export interface PaxRecords {
  path?: string
  linkpath?: string
  size?: number | undefined
  uid?: number | undefined
  gid?: number | undefined
  mtime?: number | undefined
  sparse?: PaxSparse
}

/** GNU.sparse.*: the real name, size and map of a sparse file in its three versions. */
export interface PaxSparse {
  name?: string
  realSize?: number
  /** Offset and length by turns (versions 0.0 and 0.1); version 1.0 has the map in front of the content. */
  map?: number[]
  mapInContent?: boolean
}

/** Records `<length> <keyword>=<value>\n` (POSIX pax, "pax Extended Header"). Unknown keywords are passed over. */
export function parsePax(bytes: Buffer, at: string): PaxRecords {
  const records: PaxRecords = {}
  let offset = 0
  while (offset < bytes.length && bytes[offset] !== 0) {
    const { keyword, value, end } = readRecord(bytes, offset, at)
    readers[keyword]?.(records, value, at)
    offset = end
  }
  return records
}

function readRecord(bytes: Buffer, start: number, at: string): { keyword: string; value: Buffer; end: number } {
  const blank = bytes.subarray(start, start + 11).indexOf(0x20)
  const digits = bytes.toString('latin1', start, start + Math.max(0, blank))
  const end = start + Number(digits)
  const equals = bytes.indexOf(0x3d, start)
  const isRecord = /^\d{1,10}$/.test(digits) && end <= bytes.length && equals > start + blank && equals < end
  if (!isRecord || bytes[end - 1] !== 0x0a) throw new Problem('malformed', 'damaged PAX record', { at })
  return {
    keyword: bytes.toString('latin1', start + blank + 1, Math.min(equals, start + blank + 40)),
    value: bytes.subarray(equals + 1, end - 1),
    end,
  }
}

type Reader = (records: PaxRecords, value: Buffer, at: string) => void

const readers: Readonly<Record<string, Reader | undefined>> = Object.assign(Object.create(null), {
  path: (records, value) => {
    records.path = decodeName(value)
  },
  linkpath: (records, value) => {
    records.linkpath = decodeName(value)
  },
  size: (records, value, at) => {
    records.size = readWhole(value, at)
  },
  uid: (records, value, at) => {
    records.uid = readWhole(value, at)
  },
  gid: (records, value, at) => {
    records.gid = readWhole(value, at)
  },
  mtime: (records, value) => {
    const seconds = Number.parseFloat(value.toString('latin1', 0, 40))
    records.mtime = Number.isFinite(seconds) ? seconds : undefined
  },
  'GNU.sparse.name': (records, value) => {
    sparseOf(records).name = decodeName(value)
  },
  'GNU.sparse.size': readRealSize,
  'GNU.sparse.realsize': readRealSize,
  'GNU.sparse.major': (records, value) => {
    sparseOf(records).mapInContent = value.toString('latin1', 0, 4) === '1'
  },
  'GNU.sparse.map': (records, value, at) => {
    sparseOf(records).map =
      value.length === 0
        ? []
        : value
            .toString('latin1')
            .split(',')
            .map((text) => wholeOf(text, at))
  },
  'GNU.sparse.offset': appendToMap,
  'GNU.sparse.numbytes': appendToMap,
} satisfies Record<string, Reader>)

function sparseOf(records: PaxRecords): PaxSparse {
  records.sparse ??= {}
  return records.sparse
}

function readRealSize(records: PaxRecords, value: Buffer, at: string): void {
  const size = readWhole(value, at)
  if (size !== undefined) sparseOf(records).realSize = size
}

function appendToMap(records: PaxRecords, value: Buffer, at: string): void {
  const sparse = sparseOf(records)
  sparse.map ??= []
  sparse.map.push(wholeOf(value.toString('latin1', 0, 20), at))
}

function readWhole(value: Buffer, at: string): number | undefined {
  return value.length === 0 ? undefined : wholeOf(value.toString('latin1', 0, 20), at)
}

function wholeOf(text: string, at: string): number {
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) {
    throw new Problem('malformed', `damaged number in a PAX record`, { at })
  }
  return value
}
