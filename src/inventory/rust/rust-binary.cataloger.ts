import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { executableFirstBytes } from '../elf/executable.ts'
import { listedPackage } from '../listed-package.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { decodeNote } from './note.ts'
import { probeCrates } from './probe.ts'

const List = z.object({ packages: z.array(z.unknown()) })
const Crate = z.object({
  name: z.string(),
  version: z.string(),
  kind: z.enum(['runtime', 'build']).catch('runtime'),
  dependencies: z.array(z.int().nonnegative()).catch([]),
})

/** Crates that only ran while the program was built (procedural macros, build scripts) are not in it. */
export default defineCataloger({
  id: 'rust-binary',
  version: 1,
  ecosystem: 'cargo',
  proves: 'installed',
  title: 'Rust executables built with cargo auditable',
  spec: 'https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md',
  files: [],
  firstBytes: [0, ...executableFirstBytes],
  probe: probeCrates,
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    return found(decodeNote(await file.text(), location), location)
  },
})

function* found({ lists, reasons }: ReturnType<typeof decodeNote>, location: string): Steps {
  for (const reason of reasons) yield { unknown: { path: location, reason } }
  for (const list of lists) {
    const values = cratesOf(list, location)
    if (values === undefined) {
      yield { unknown: { path: location, reason: 'the list of crates in it is not as cargo auditable writes it' } }
    } else yield* withCounts(readCrates(values, location), location)
  }
}

function cratesOf(list: string, location: string): readonly unknown[] | undefined {
  try {
    return parseJson(List, list, location).packages
  } catch (error) {
    if (error instanceof Problem && error.code === 'malformed') return undefined
    throw error
  }
}

function* readCrates(values: readonly unknown[], location: string): Generator<Outcome> {
  const crates = values.map((value) => Crate.safeParse(value).data)
  for (const crate of crates) {
    if (crate === undefined) yield 'unreadable'
    else if (crate.kind === 'build') yield 'left-out'
    else {
      const needed = crate.dependencies.map((index) => crates[index])
      const dependencies = needed.filter((one) => one?.kind === 'runtime').map((one) => one?.name ?? '')
      yield listedPackage({ ecosystem: 'cargo', ...crate, dependencies }, location) ?? 'unreadable'
    }
  }
}
