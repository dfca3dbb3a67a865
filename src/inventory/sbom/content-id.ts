import { createHash } from 'node:crypto'
import type { SbomDocument } from './document.ts'

/** A UUID (RFC 9562 version 8) that is the same for the same document, and no other document's. */
export function contentUuid(document: SbomDocument): string {
  const hex = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
