/** Build information as the linkers of different Go versions lay it out, for programs that no tool at hand can build. */

const start = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex')
const end = Buffer.from('f932433186182072008242104116d8f2', 'hex')

export interface BlobOptions {
  readonly toolchain?: string
  readonly modules?: string
}

const someModules = 'path\texample.org/edge\nmod\texample.org/edge\tv1.2.3\th1:a\ndep\texample.org/lib\tv0.4.0\th1:b\n'

/** Go 1.18 and later: header, then both texts. */
export function inlineBlob({ toolchain = 'go1.22.5', modules = someModules }: BlobOptions = {}): Buffer {
  const header = Buffer.alloc(32)
  header.write('\xff Go buildinf:\x08\x02', 'latin1')
  const wrapped = wrap(modules)
  return Buffer.concat([header, varint(toolchain.length), Buffer.from(toolchain), varint(wrapped.length), wrapped])
}

export interface PointerOptions extends BlobOptions {
  readonly wordBytes?: 4 | 8
  readonly isBigEndian?: boolean
  /** Address that is written where the module list should be pointed to. */
  readonly modulesAddress?: number
}

const base = 0x400000
const toolchainAt = 4096
const modulesAt = 4608
const blobAt = 8192

/** A static ELF program of Go before 1.18: one segment, first the texts, then what points to them. */
export function elfWithPointers(options: PointerOptions = {}): Buffer {
  return withPointers(options, (write) => {
    if (options.wordBytes === 4) writeHeaders32(write)
    else writeHeaders64(write)
    write.file.set([options.isBigEndian === true ? 2 : 1, 1], 5)
  })
}

/** The same as a PE program: one section. */
export function peWithPointers(options: PointerOptions): Buffer {
  return withPointers(options, ({ file, number }) => {
    const [header, optionalBytes] = [128, 240]
    file.write('MZ', 'latin1')
    number(header, 0x3c, 4)
    file.write('PE\0\0', header, 'latin1')
    number(1, header + 6, 2)
    number(optionalBytes, header + 20, 2)
    number(options.wordBytes === 4 ? 0x10b : 0x20b, header + 24, 2)
    if (options.wordBytes === 4) number(base - 4096, header + 52, 4)
    else number(base - 4096, header + 48, 8)
    const section = header + 24 + optionalBytes
    number(4096 + 512, section + 12, 4)
    number(file.length - 512, section + 16, 4)
    number(512, section + 20, 4)
  })
}

/** The same as a Mach-O program: one segment. */
export function machOWithPointers(options: PointerOptions): Buffer {
  const { wordBytes = 8 } = options
  return withPointers(options, ({ file, number }) => {
    number(wordBytes === 8 ? 0xfeedfacf : 0xfeedface, 0, 4)
    const [other, segment] = wordBytes === 8 ? [32, 56] : [28, 52]
    number(0x1b, other, 4)
    number(24, other + 4, 4)
    number(wordBytes === 8 ? 0x19 : 1, segment, 4)
    number(72, segment + 4, 4)
    number(base, segment + 24, wordBytes)
    number(file.length, segment + 24 + wordBytes, wordBytes)
    number(0, segment + 24 + 2 * wordBytes, wordBytes)
    number(file.length, segment + 24 + 3 * wordBytes, wordBytes)
  })
}

function withPointers(options: PointerOptions, writeHeaders: (write: Writer) => void): Buffer {
  const { wordBytes = 8, isBigEndian = false, toolchain = 'go1.16.15', modules = someModules } = options
  const wrapped = wrap(modules)
  const write = writer(Buffer.alloc(blobAt + 256), isBigEndian)
  writeHeaders(write)
  write.file.write(toolchain, toolchainAt)
  write.file.set(wrapped, modulesAt)
  write.file.write('\xff Go buildinf:', blobAt, 'latin1')
  write.file.set([wordBytes, isBigEndian ? 1 : 0], blobAt + 14)
  write.number(base + blobAt + 64, blobAt + 16, wordBytes)
  write.number(options.modulesAddress ?? base + blobAt + 96, blobAt + 16 + wordBytes, wordBytes)
  write.number(base + toolchainAt, blobAt + 64, wordBytes)
  write.number(toolchain.length, blobAt + 64 + wordBytes, wordBytes)
  write.number(base + modulesAt, blobAt + 96, wordBytes)
  write.number(wrapped.length, blobAt + 96 + wordBytes, wordBytes)
  return write.file
}

interface Writer {
  readonly file: Buffer
  number(value: number, at: number, bytes: number): void
}

function writer(file: Buffer, isBigEndian: boolean): Writer {
  return {
    file,
    number(value, at, bytes) {
      const digits = Buffer.alloc(8)
      digits.writeBigUInt64BE(BigInt(value))
      const shown = digits.subarray(8 - bytes)
      file.set(isBigEndian ? shown : shown.toReversed(), at)
    },
  }
}

/** File header and one program header: load everything at `base`. */
function writeHeaders64({ file, number }: Writer): void {
  file.write('\x7fELF\x02', 'latin1')
  number(64, 32, 8)
  number(56, 54, 2)
  number(1, 56, 2)
  number(1, 64, 4)
  number(base, 64 + 16, 8)
  number(file.length, 64 + 32, 8)
}

function writeHeaders32({ file, number }: Writer): void {
  file.write('\x7fELF\x01', 'latin1')
  number(64, 28, 4)
  number(32, 42, 2)
  number(1, 44, 2)
  number(1, 64, 4)
  number(base, 64 + 8, 4)
  number(file.length, 64 + 16, 4)
}

function wrap(modules: string): Buffer {
  return modules === '' ? Buffer.alloc(0) : Buffer.concat([start, Buffer.from(modules), end])
}

export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}
