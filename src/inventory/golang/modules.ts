/** A Go module as it was linked. */
export interface Module {
  readonly path: string
  readonly version: string
}

export interface Modules {
  /** Modules with a version: dependencies as they were replaced, and the main module when it was released. */
  readonly linked: readonly Module[]
  /** Paths of dependencies that came from a folder, so that nobody knows their version. */
  readonly unversioned: readonly string[]
  /** Lines that name a module and cannot be read. */
  readonly damagedLines: number
}

/** Reads the module list of build information: https://pkg.go.dev/runtime/debug#BuildInfo.String */
export function readModules(text: string): Modules {
  const linked: Module[] = []
  const unversioned: string[] = []
  let damagedLines = 0
  for (const { kind, asked, path, version } of entriesOf(text)) {
    const isVersioned = version !== '' && version !== '(devel)'
    if (!isModulePath(asked)) damagedLines++
    else if (isVersioned && !(isModulePath(path) && isVersion(version))) damagedLines++
    else if (kind === 'dep' && !isVersioned) unversioned.push(asked)
    else if (isVersioned && !isUntagged(kind, version)) linked.push({ path, version })
  }
  return { linked, unversioned, damagedLines }
}

interface Entry extends Module {
  readonly kind: 'mod' | 'dep'
  /** Path that the program imports it by; `path` and `version` are of what is linked. */
  readonly asked: string
}

/** A line `=>` replaces the module of the line before it. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = []
  for (const line of text.split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t', 3)
    if (kind === 'mod' || kind === 'dep') entries.push({ kind, asked: path, path, version })
    const last = entries.at(-1)
    if (kind === '=>' && last !== undefined) entries[entries.length - 1] = { ...last, path, version }
  }
  return entries
}

export function isModulePath(text: string): boolean {
  return text.length <= 1024 && /^[!-.0-~]+(?:\/[!-.0-~]+)*$/.test(text)
}

export function isVersion(text: string): boolean {
  return /^[!-~]{1,256}$/.test(text)
}

/** A program built in a working copy without tags has a version that says nothing but the commit. */
function isUntagged(kind: 'mod' | 'dep', version: string): boolean {
  return kind === 'mod' && version.startsWith('v0.0.0-')
}
