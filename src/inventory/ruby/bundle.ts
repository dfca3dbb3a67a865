import { linesOf } from '../text-lines.ts'

/** A gem of a lock file. */
export interface LockedGem {
  readonly name: string
  readonly version: string
  /** Those that it is locked for; `ruby` is any. */
  readonly platforms: Set<string>
  readonly source: Source
  readonly dependencies: Set<string>
  /** SHA-256 by platform. */
  readonly checksums: Map<string, string>
}

interface Source {
  readonly kind: string
  readonly remotes: string[]
  revision: string | undefined
}

export interface Bundle {
  readonly gems: readonly LockedGem[]
  /** Lines that stand where a gem should and are none. */
  readonly unreadable: number
  /** False for a file that has no section that Bundler writes. */
  readonly isBundle: boolean
}

const sourceKinds: ReadonlySet<string> = new Set(['GEM', 'GIT', 'PATH', 'PLUGIN SOURCE'])

/** Reads a lock file of Bundler, whose indentation is its structure. Gems that differ by platform only are one. */
export function readBundle(text: string): Bundle {
  const reader = new BundleReader()
  for (const line of linesOf(text)) reader.read(line)
  return reader
}

class BundleReader implements Bundle {
  readonly #gems = new Map<string, LockedGem>()
  #section = ''
  #source: Source = { kind: '', remotes: [], revision: undefined }
  #gem: LockedGem | undefined
  unreadable = 0
  isBundle = false

  get gems(): readonly LockedGem[] {
    return [...this.#gems.values()]
  }

  read(line: string): void {
    if (/^[A-Z][A-Z ]{2,30}$/.test(line)) this.#begin(line)
    else if (line.startsWith('      ')) this.#readDependency(line)
    else if (line.startsWith('    ')) this.#readGem(line)
    else if (line.startsWith('  ')) this.#readFact(line)
  }

  #begin(section: string): void {
    this.#section = section
    this.#source = { kind: section, remotes: [], revision: undefined }
    this.#gem = undefined
    this.isBundle ||= sourceKinds.has(section) || section === 'DEPENDENCIES'
  }

  #readFact(line: string): void {
    const [, key, value = ''] = /^ {2}(remote|revision): (\S{1,2000})$/.exec(line) ?? []
    if (key === 'remote') this.#source.remotes.push(value)
    if (key === 'revision') this.#source.revision = value
    if (this.#section === 'CHECKSUMS') this.#readChecksum(line)
  }

  #readGem(line: string): void {
    if (!sourceKinds.has(this.#section)) return
    const found = partsOf(line, 4)
    this.#gem = undefined
    if (found === undefined) this.unreadable++
    else this.#gem = this.#gemOf(found)
  }

  #gemOf({ name, version, platform }: Parts): LockedGem {
    const key = `${name} ${version}`
    const gem = this.#gems.get(key) ?? {
      name,
      version,
      platforms: new Set(),
      source: this.#source,
      dependencies: new Set(),
      checksums: new Map(),
    }
    gem.platforms.add(platform)
    this.#gems.set(key, gem)
    return gem
  }

  #readDependency(line: string): void {
    const [, name] = /^ {6}([^\s()!]{1,400})/.exec(line) ?? []
    if (name !== undefined) this.#gem?.dependencies.add(name)
  }

  #readChecksum(line: string): void {
    const [, sha256] = / sha256=([\da-f]{64})(?:,|$)/.exec(line.slice(0, 2000)) ?? []
    const found = partsOf(line.slice(0, line.indexOf(') ') + 1), 2)
    if (sha256 === undefined || found === undefined) return
    this.#gems.get(`${found.name} ${found.version}`)?.checksums.set(found.platform, sha256)
  }
}

interface Parts {
  readonly name: string
  readonly version: string
  readonly platform: string
}

/** `nokogiri (1.15.4-x86_64-linux)`. */
function partsOf(line: string, indentation: number): Parts | undefined {
  const [, name, version, platform = 'ruby'] =
    /^([^\s()!]{1,400}) \(([^\s()-]{1,200})(?:-([^\s()]{1,200}))?\)$/.exec(line.slice(indentation)) ?? []
  return name === undefined || version === undefined ? undefined : { name, version, platform }
}
