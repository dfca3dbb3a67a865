import { isElf } from './elf.ts'

/** What the first byte of such files can be. */
export const executableFirstBytes: readonly number[] = [0x7f, 0x4d, 0xfe, 0xce, 0xcf, 0xca]

/** Whether a file begins like an executable or a library: ELF, PE or Mach-O. */
export function isExecutable(head: Uint8Array): boolean {
  return isElf(head) || isPe(head) || isMachO(head)
}

export function isPe(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x5a
}

/** Thin in four variants, or universal: that magic is a Java class as well, whose version is larger than any count. */
export function isMachO(head: Uint8Array): boolean {
  if (head.length < 8) return false
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const number = view.getUint32(0)
  const isUniversal = (number === 0xcafebabe || number === 0xcafebabf) && view.getUint32(4) < 40
  return isUniversal || thinMachO.has(number)
}

const thinMachO: ReadonlySet<number> = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe])
