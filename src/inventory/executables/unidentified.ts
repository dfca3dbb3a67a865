import { baseOf, parentOf } from '#kit/path.ts'
import { counted } from '#kit/text.ts'
import type { Ecosystem } from '#model/ecosystem.ts'
import type { Package, Unknown } from '#model/package.ts'
import type { Executable } from './facts.ts'

/** What is left of them, by path, where no package is proved by the file itself. */
export function unidentified(executables: readonly Executable[], packages: readonly Package[]): Executable[] {
  const proving = new Set(packages.flatMap(({ locations }) => locations))
  const left = executables.filter(({ path }) => !proving.has(path))
  return left.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

const reportedLimit = 100

/** Without those of which something was said, and those in the folder of an installed npm package. */
export function unexplained(
  executables: readonly Executable[],
  packages: readonly Package[],
  told: readonly Unknown[],
): Executable[] {
  const toldPaths = new Set(told.map(({ path }) => path))
  const folders = foldersOf(packages)
  return executables.filter(({ path }) => !toldPaths.has(path) && !isBelow(path, folders))
}

/** Says so of each, programs before libraries, where no package of an operating system can own it. */
export function unknownExecutables(untold: readonly Executable[]): Unknown[] {
  const { executable = [], library = [] } = Object.groupBy(untold, ({ kind }) => kind)
  const all = [...executable, ...library]
  const shown = all.slice(0, reportedLimit).map(({ path, kind }): Unknown => ({ path, reason: reasons[kind] }))
  const more = all.length - shown.length
  const count = counted(more, 'more executable or library', 'more executables and libraries')
  return more === 0 ? shown : [...shown, { path: '/', reason: `${count} could not be identified` }]
}

function foldersOf(packages: readonly Package[]): ReadonlySet<string> {
  const installed = packages.filter(({ ecosystem }) => ecosystem === 'npm').flatMap(({ locations }) => locations)
  const own = installed.filter((path) => baseOf(path) === 'package.json' && path.includes('/node_modules/'))
  return new Set(own.map((path) => parentOf(path)))
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) if (folders.has(folder)) return true
  return false
}

const reasons: Readonly<Record<Executable['kind'], string>> = {
  executable: 'an executable that could not be identified',
  library: 'a library that could not be identified',
}

/** Package managers whose databases say which files they own. */
const systems = ['deb', 'apk', 'rpm', 'alpm', 'opkg', 'portage', 'nix', 'snap', 'cos', 'bottlerocket'] as const

export function isSystem(ecosystem: Ecosystem | 'several'): boolean {
  return systems.some((one) => one === ecosystem)
}
