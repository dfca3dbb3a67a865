import { isUtf8 } from 'node:buffer'

const needsCleaning = /(?:^|\/)\.{0,2}(?:\/|$)|\0/

/**
 * The name of an archive member made clean: relative, without empty or `.` components; the root is the empty string.
 * `undefined` for names that no extraction may honour: with a `..` component, as in GNU tar, or with a NUL byte.
 */
export function cleanPath(name: string): string | undefined {
  const short = name.slice(name.startsWith('./') ? 2 : 0, name.length - (name.endsWith('/') ? 1 : 0))
  if (!needsCleaning.test(short)) return short
  if (name.includes('\0')) return undefined
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * Bytes of a name as a string, one to one: UTF-8, where every byte that is not part of valid UTF-8 becomes the
 * lone surrogate U+DC80..U+DCFF (as Python's `surrogateescape` does), so that different names stay different.
 */
export function decodeName(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeDamaged(bytes)
}

/** How many bytes `decodeName` made a name of. */
export function nameBytes(name: string): number {
  const escaped = name.match(/[\udc80-\udcff]/gu)?.length ?? 0
  return Buffer.byteLength(name) - 2 * escaped
}

function decodeDamaged(bytes: Buffer): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const lead = bytes.readUInt8(at)
    const sequence = bytes.subarray(at, at + sequenceLength(lead))
    const isValid = isUtf8(sequence)
    text += isValid ? sequence.toString('utf8') : String.fromCharCode(0xdc00 + lead)
    at += isValid ? sequence.length : 1
  }
  return text
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}
