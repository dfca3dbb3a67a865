import { malformed } from './stored-header.ts'

/** What is read of a package header. */
export interface RpmHeader {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly epoch: number | undefined
  readonly architecture: string | undefined
  /** File name of the source package: `openssl-3.0.7-27.el9.src.rpm`. */
  readonly sourceRpm: string | undefined
  readonly vendor: string | undefined
  readonly license: string | undefined
  /** `nodejs:18:9030020231213171826:rhel9`. */
  readonly modularityLabel: string | undefined
}

interface Entry {
  readonly type: number
  readonly offset: number
  readonly count: number
}

const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  sourceRpm: 1044,
  modularityLabel: 5096,
} as const
const wantedTags: ReadonlySet<number> = new Set(Object.values(tags))

export const types = { char: 1, int32: 4, string: 6, stringArray: 8, i18nString: 9 } as const
const textTypes: ReadonlySet<number> = new Set([types.string, types.stringArray, types.i18nString])
/** Least bytes of one value, by type: null, char, int8, int16, int32, int64, string, bin, string array, i18n string. */
const valueBytes = [0, 1, 1, 2, 4, 8, 1, 1, 1, 1]

const entryBytes = 16
/** As rpm itself: a header has fewer than 65,536 entries. */
const entryLimit = 0xff_ff
const textLimitBytes = 4096

/**
 * Reads a package header as databases store it: number of entries, length of the data, entries, data.
 * https://rpm-software-management.github.io/rpm/manual/format_header.html
 */
export function readHeader(blob: Buffer): RpmHeader {
  const { data, entries } = headerEntries(blob, wantedTags)
  const text = (tag: number): string | undefined => readText(data, entries.get(tag))
  return {
    name: required(text(tags.name), 'name'),
    version: required(text(tags.version), 'version'),
    release: required(text(tags.release), 'release'),
    epoch: readInt32(data, entries.get(tags.epoch)),
    architecture: text(tags.architecture),
    sourceRpm: text(tags.sourceRpm),
    vendor: text(tags.vendor),
    license: text(tags.license),
    modularityLabel: text(tags.modularityLabel),
  }
}

/** The entries of these tags, and the data that they point into. */
export function headerEntries(
  blob: Buffer,
  asked: ReadonlySet<number>,
): { readonly data: Buffer; readonly entries: ReadonlyMap<number, Entry> } {
  if (blob.length < 8) throw malformed('its header is cut')
  const count = blob.readUInt32BE(0)
  const length = blob.readUInt32BE(4)
  const dataStart = 8 + count * entryBytes
  if (count > entryLimit || dataStart + length !== blob.length) throw malformed('its header has an impossible length')
  const data = blob.subarray(dataStart)
  return { data, entries: readEntries(blob.subarray(8, dataStart), asked, data.length) }
}

/**
 * Checks every entry, as rpm does before it trusts any. Entries after the signed region were added on installation
 * and win over those of the same tag inside it.
 */
function readEntries(index: Buffer, asked: ReadonlySet<number>, dataBytes: number): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>()
  for (let at = 0; at < index.length; at += entryBytes) {
    const [tag, type, offset] = [index.readUInt32BE(at), index.readUInt32BE(at + 4), index.readUInt32BE(at + 8)]
    const count = index.readUInt32BE(at + 12)
    const least = valueBytes[type]
    const isSound = least !== undefined && offset + count * least <= dataBytes
    if (!isSound) throw malformed(`entry ${at / entryBytes} (tag ${tag}) of its header lies outside the data`)
    if (asked.has(tag)) entries.set(tag, { type, offset, count })
  }
  return entries
}

/** The first text of an entry; rpm's way of saying nothing is `(none)`. */
function readText(data: Buffer, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return undefined
  if (!textTypes.has(entry.type)) throw malformed('its header has a number where a text belongs')
  const end = data.subarray(entry.offset, entry.offset + textLimitBytes).indexOf(0)
  if (end === -1) throw malformed('its header has a text without an end')
  const text = data.toString('utf8', entry.offset, entry.offset + end)
  return text === '' || text === '(none)' ? undefined : text
}

function readInt32(data: Buffer, entry: Entry | undefined): number | undefined {
  if (entry === undefined) return undefined
  if (entry.type !== types.int32 || entry.offset + 4 > data.length) throw malformed('its epoch is not a number')
  return data.readUInt32BE(entry.offset)
}

function required(text: string | undefined, what: string): string {
  if (text === undefined) throw malformed(`its header has no ${what}`)
  return text
}
