import type { Segment } from './elf.ts'
import { type Layout, readWord } from './layout.ts'

/**
 * What of a PE (https://learn.microsoft.com/windows/win32/debug/pe-format) or Mach-O file is put where in memory, as far
 * as its first page tells. `undefined` when it is neither, or holds several programs.
 */
export function loadSegments(head: Buffer): readonly Segment[] | undefined {
  if (head[0] === 0x4d && head[1] === 0x5a) return sectionsOfPe(head)
  const word: Layout = { wordBytes: 4, isBigEndian: false }
  const magic = readWord(head, 0, word)
  const swapped = readWord(head, 0, { ...word, isBigEndian: true })
  if (magic === magic32 || magic === magic64)
    return segmentsOfMachO(head, { wordBytes: wordOf(magic), isBigEndian: false })
  if (swapped === magic32 || swapped === magic64) {
    return segmentsOfMachO(head, { wordBytes: wordOf(swapped), isBigEndian: true })
  }
  return undefined
}

const magic32 = 0xfeedface
const magic64 = 0xfeedfacf
const pe32Plus = 0x20b

function wordOf(magic: number): 4 | 8 {
  return magic === magic64 ? 8 : 4
}

function sectionsOfPe(head: Buffer): readonly Segment[] | undefined {
  const word: Layout = { wordBytes: 4, isBigEndian: false }
  const header = readWord(head, 0x3c, word)
  if (header === undefined || header + 26 > head.length) return undefined
  if (head.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined
  const isPlus = head.readUInt16LE(header + 24) === pe32Plus
  const base = readWord(head, header + (isPlus ? 48 : 52), { ...word, wordBytes: isPlus ? 8 : 4 }) ?? 0
  const table = header + 24 + head.readUInt16LE(header + 20)
  const segments: Segment[] = []
  for (let index = 0; index < head.readUInt16LE(header + 6); index++) {
    const at = table + 40 * index
    const address = readWord(head, at + 12, word)
    const sizeBytes = readWord(head, at + 16, word)
    const offset = readWord(head, at + 20, word)
    if (address === undefined || sizeBytes === undefined || offset === undefined) break
    segments.push({ offset, address: base + address, sizeBytes })
  }
  return segments
}

function segmentsOfMachO(head: Buffer, layout: Layout): readonly Segment[] {
  const { wordBytes } = layout
  const word: Layout = { ...layout, wordBytes: 4 }
  const segmentCommand = wordBytes === 8 ? 0x19 : 1
  const segments: Segment[] = []
  for (let at = wordBytes === 8 ? 32 : 28; at + 8 <= head.length; ) {
    const commandBytes = readWord(head, at + 4, word) ?? 0
    if (commandBytes < 8) break
    const address = readWord(head, at + 24, layout)
    const offset = readWord(head, at + 24 + 2 * wordBytes, layout)
    const sizeBytes = readWord(head, at + 24 + 3 * wordBytes, layout)
    const isSegment = readWord(head, at, word) === segmentCommand
    if (isSegment && address !== undefined && offset !== undefined && sizeBytes !== undefined) {
      segments.push({ offset, address, sizeBytes })
    }
    at += commandBytes
  }
  return segments
}
