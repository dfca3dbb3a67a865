import type { Analyser, Probe } from '#image/entry.ts'
import { Capture } from '../elf/capture.ts'
import { isElf } from '../elf/elf.ts'
import { executableFirstBytes, isMachO, isPe } from '../elf/executable.ts'
import { LinkageReader } from '../elf/linkage.ts'
import { type ExecutableFacts, encodeFacts } from './facts.ts'

/** Of 32 bits; no ELF file is shorter. */
const elfHeaderBytes = 52

/** Notes of every executable and library what can be known of it without knowing what it is. */
export const executableAnalyser: Analyser = {
  id: 'executable-facts',
  version: 1,
  firstBytes: executableFirstBytes,
  probe(head) {
    if (isElf(head)) return head.length < elfHeaderBytes ? undefined : new ElfProbe()
    if (isPe(head)) return new PeProbe(head)
    return isMachO(head) ? machOProbe(head) : undefined
  },
}

class ElfProbe implements Probe {
  readonly #reader = new LinkageReader()

  write(chunk: Uint8Array): void {
    this.#reader.write(chunk)
  }

  end(): Buffer | undefined {
    const linkage = this.#reader.end()
    return linkage && encodeFacts({ format: 'elf', ...linkage })
  }
}

const signatureBytes = 4
/** Behind the signature: machine, sections, dates and then, in the last two bytes, what kind of file it is. */
const peHeaderBytes = signatureBytes + 20
const dllFlag = 0x2000

/** https://learn.microsoft.com/windows/win32/debug/pe-format: an old program for DOS stands before the real one. */
class PeProbe implements Probe {
  readonly #header: Capture
  #offset = 0

  constructor(head: Uint8Array) {
    const start = head.length < 64 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(60, true)
    this.#header = new Capture(start, peHeaderBytes)
  }

  write(chunk: Uint8Array): void {
    this.#header.take(chunk, this.#offset)
    this.#offset += chunk.length
  }

  end(): Buffer | undefined {
    const { bytes, isWhole } = this.#header
    if (!isWhole || bytes.toString('latin1', 0, signatureBytes) !== 'PE\0\0') return undefined
    const isLibrary = (bytes.readUInt16LE(peHeaderBytes - 2) & dllFlag) !== 0
    return encodeFacts({ format: 'pe', kind: isLibrary ? 'library' : 'executable' })
  }
}

/** Of `mach-o/loader.h`: what a thin file is. A universal one is told apart no further. */
const machOKinds: Readonly<Record<number, ExecutableFacts['kind']>> = { 2: 'executable', 6: 'library', 8: 'library' }

function machOKind(head: Uint8Array): ExecutableFacts['kind'] | undefined {
  if (head.length < 16) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const magic = view.getUint32(0)
  if (magic === 0xcafebabe || magic === 0xcafebabf) return 'executable'
  return machOKinds[view.getUint32(12, magic === 0xcefaedfe || magic === 0xcffaedfe)]
}

function machOProbe(head: Uint8Array): Probe | undefined {
  const kind = machOKind(head)
  return kind && { write: () => undefined, end: () => encodeFacts({ format: 'mach-o', kind }) }
}
