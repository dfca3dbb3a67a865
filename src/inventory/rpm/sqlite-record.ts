import { readVarint } from './sqlite-page.ts'
import { malformed } from './stored-header.ts'

/** A text stays bytes; NULL and floating point numbers, which nobody here asks for, are `undefined`. */
export type SqliteValue = Buffer | number | undefined

/** The tables read here have five columns at most. */
const columnLimit = 8

/** §2.1: the header lists the serial types, the values follow and fill the rest. Of many columns the first are read. */
export function readRecord(payload: Buffer): SqliteValue[] {
  const header = readVarint(payload, 0)
  const values: SqliteValue[] = []
  let at = header.value
  let next = header.end
  while (next < header.value && values.length < columnLimit) {
    const type = readVarint(payload, next)
    const end = at + valueLength(type.value)
    if (type.end > header.value || !(end >= at && end <= payload.length)) throw malformed('its record is impossible')
    values.push(readValue(payload.subarray(at, end), type.value))
    at = end
    next = type.end
  }
  const isWhole = values.length === columnLimit || (next === header.value && at === payload.length)
  if (!isWhole) throw malformed('its record is impossible')
  return values
}

function valueLength(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? Number.NaN
}

function readValue(bytes: Buffer, type: number): SqliteValue {
  if (type >= 12) return bytes
  if (type === 6) return Number(bytes.readBigInt64BE(0))
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length)
  return type === 8 || type === 9 ? type - 8 : undefined
}
