import { offsetOf, type Segment } from '../elf/elf.ts'
import { type Layout, readWord } from '../elf/layout.ts'
import { type BuildInfo, isToolchain, modulesLimitBytes, type StringPointers, unwrapModules } from './buildinfo.ts'

/** What is loaded where. */
export interface Program {
  readonly segments: readonly Segment[]
}

/** Whether the addresses could be what the linker wrote, as far as the first page of the file tells. */
export function isPlausible({ toolchain, modules, layout }: StringPointers, program: Program | undefined): boolean {
  if (program !== undefined)
    return offsetOf(program, toolchain) !== undefined && offsetOf(program, modules) !== undefined
  return (
    toolchain % layout.wordBytes === 0 &&
    modules % layout.wordBytes === 0 &&
    Math.abs(toolchain - modules) < dataLimitBytes
  )
}

/** Both strings are variables of the program: nearer to each other than its data can be long. */
const dataLimitBytes = 1024 ** 3

/** Follows the addresses through the file. `undefined` when they do not lead to build information. */
export function readPointed(file: Buffer, program: Program, pointers: StringPointers): BuildInfo | undefined {
  const toolchain = readString(file, program, { address: pointers.toolchain, layout: pointers.layout })?.toString(
    'latin1',
  )
  const wrapped = readString(file, program, { address: pointers.modules, layout: pointers.layout })
  const modules = wrapped === undefined ? undefined : unwrapModules(wrapped)
  if (toolchain === undefined || modules === undefined || !isToolchain(toolchain)) return undefined
  return { toolchain, modules }
}

/** A Go string is the address of its bytes and their number. */
function readString(
  file: Buffer,
  program: Program,
  { address, layout }: { address: number; layout: Layout },
): Buffer | undefined {
  const header = offsetOf(program, address) ?? -1
  const bytesAddress = readWord(file, header, layout)
  const sizeBytes = readWord(file, header + layout.wordBytes, layout)
  if (bytesAddress === undefined || sizeBytes === undefined || sizeBytes > modulesLimitBytes) return undefined
  const start = sizeBytes === 0 ? 0 : offsetOf(program, bytesAddress)
  return start === undefined || start + sizeBytes > file.length ? undefined : file.subarray(start, start + sizeBytes)
}
