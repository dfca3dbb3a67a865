import { decodeName } from '#kit/path.ts'
import type { OwnedFile } from '../cataloger.ts'
import { headerEntries, types } from './rpm-header.ts'

export interface FileList {
  readonly baseNames: readonly string[]
  /** False for what a package owns without bringing it, and for what it would bring and was told not to. */
  isInstalled(index: number): boolean
  at(index: number): Omit<OwnedFile, 'owner'>
}

const tags = {
  fileSizes: 1028,
  fileStates: 1029,
  fileDigests: 1035,
  fileFlags: 1037,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  digestAlgorithm: 5011,
} as const
const wantedTags: ReadonlySet<number> = new Set(Object.values(tags))

const ghostFlag = 1 << 6
/** As OpenPGP numbers them (RFC 9580 §9.5), with what was meant before there were numbers. */
const algorithms: Readonly<Record<number, string>> = { 1: 'md5', 2: 'sha1', 8: 'sha256', 10: 'sha512' }
const firstAlgorithm = 1

/**
 * The files of a package. A header is read once more, because all that most need of it is its name.
 * https://rpm-software-management.github.io/rpm/manual/tags.html
 */
export function readFileList(blob: Buffer): FileList {
  const { data, entries } = headerEntries(blob, wantedTags)
  const texts = (tag: number): readonly string[] => {
    const entry = entries.get(tag)
    return entry?.type === types.stringArray ? readTexts(data.subarray(entry.offset), entry.count) : []
  }
  const number = (tag: number, index: number): number | undefined => {
    const entry = entries.get(tag)
    if (entry === undefined || index >= entry.count) return undefined
    if (entry.type === types.char) return data[entry.offset + index]
    return entry.type === types.int32 ? data.readUInt32BE(entry.offset + 4 * index) : undefined
  }
  const [baseNames, folders, digests] = [texts(tags.baseNames), texts(tags.directoryNames), texts(tags.fileDigests)]
  const algorithm = algorithms[number(tags.digestAlgorithm, 0) ?? firstAlgorithm]
  return {
    baseNames,
    isInstalled: (index) =>
      ((number(tags.fileFlags, index) ?? 0) & ghostFlag) === 0 && (number(tags.fileStates, index) ?? 0) === 0,
    at(index) {
      const digest = digests[index] ?? ''
      return {
        path: `${folders[number(tags.directoryIndexes, index) ?? -1] ?? ''}${baseNames[index] ?? ''}`,
        digest: digest === '' || algorithm === undefined ? undefined : `${algorithm}:${digest}`,
        size: number(tags.fileSizes, index),
      }
    },
  }
}

function readTexts(data: Buffer, count: number): readonly string[] {
  const found: string[] = []
  for (let at = 0; found.length < count; ) {
    const end = data.indexOf(0, at)
    if (end === -1) break
    found.push(decodeName(data.subarray(at, end)))
    at = end + 1
  }
  return found
}
