import { createHash } from 'node:crypto'
import type { FileNode, FileTree } from '#image/file-tree.ts'
import { baseOf, parentOf } from '#kit/path.ts'
import type { Work } from '#kit/turns.ts'
import type { Package } from '#model/package.ts'
import type { OwnedFile, Owner } from '../cataloger.ts'
import { isNotes } from '../probe-notes.ts'
import type { OwnershipReader } from './readers.ts'

/** A package with the layer that brought its present version. */
export interface OwningPackage extends Package {
  readonly layerIndex: number
}

/** A list of files, and what reads it. */
export interface OwnershipJob {
  readonly reader: OwnershipReader
  /** By which it was asked for. */
  readonly path: string
  readonly content: Buffer
}

/** What package managers say of a file. */
export interface Claim {
  readonly owner: OwningPackage
  /** False when the file is no longer what that package installed. */
  readonly isUnchanged: boolean
}

interface Question {
  /** Absolute; links may lead from there to the file. */
  readonly paths: ReadonlySet<string>
  readonly jobs: readonly OwnershipJob[]
  readonly packages: readonly OwningPackage[]
  readonly tree: FileTree
}

/**
 * Which packages own the files at `paths`, by the path as asked. Of everything else in the lists nothing is kept:
 * base names are compared first, and the folders of those that fit are looked up once each, through links.
 */
export function* findOwners({ paths, jobs, packages, tree }: Question): Work<ReadonlyMap<string, Claim>> {
  const files = new Map<string, Claimed>()
  const asked = new Map<string, string>()
  for (const path of paths) {
    const node = tree.lookup(path, { follow: true })
    if (node?.type !== 'file') continue
    asked.set(path, node.path)
    if (!files.has(node.path)) files.set(node.path, new Claimed(node))
    yield
  }
  const names = new Set([...files.keys()].map(baseOf))
  const directory = new Directory(packages)
  const folders = new Folders(tree)
  for (const { reader, path, content } of files.size === 0 ? [] : jobs) {
    for (const file of reader.ownership.owned({ path, content }, (name) => names.has(name))) {
      if (file !== undefined) {
        const claimed = files.get(folders.realPathOf(file.path))
        const owner = claimed && directory.find(reader.ecosystem, file.owner)
        if (owner !== undefined) claimed?.add(owner, file)
      }
      yield
    }
  }
  return new Map(
    [...asked].flatMap(([path, real]) => {
      const claim = files.get(real)?.verdict()
      return claim === undefined ? [] : [[path, claim] as const]
    }),
  )
}

/** One file with what is said of it. Several packages may own it, as when one replaces files of another. */
class Claimed {
  readonly #node: FileNode
  readonly #records = new Map<OwningPackage, OwnedFile>()
  readonly #digests = new Map<string, string>()

  constructor(node: FileNode) {
    this.#node = node
  }

  /** A record with a checksum says more than one without. */
  add(owner: OwningPackage, file: OwnedFile): void {
    const known = this.#records.get(owner)
    if (known === undefined || (known.digest === undefined && file.digest !== undefined)) this.#records.set(owner, file)
  }

  verdict(): Claim | undefined {
    const claims = [...this.#records].map(([owner, file]) => ({ owner, isUnchanged: this.#isAsInstalled(owner, file) }))
    const ordered = claims.toSorted((a, b) => (a.owner.purl < b.owner.purl ? -1 : 1))
    return ordered.find(({ isUnchanged }) => isUnchanged) ?? ordered[0]
  }

  /** By the checksum where the content was kept; else what a later layer wrote is not what the package brought. */
  #isAsInstalled(owner: OwningPackage, { digest, size }: OwnedFile): boolean {
    const { content, layer, size: actual } = this.#node
    if (digest !== undefined && content !== undefined && !isNotes(content)) return this.#digest(digest, content)
    return layer <= owner.layerIndex && (size === undefined || size === actual)
  }

  #digest(expected: string, content: Buffer): boolean {
    const algorithm = expected.slice(0, expected.indexOf(':'))
    const actual = this.#digests.get(algorithm) ?? createHash(algorithm).update(content).digest('hex')
    this.#digests.set(algorithm, actual)
    return expected === `${algorithm}:${actual}`
  }
}

/** Packages by what lists of files know of them. */
class Directory {
  readonly #byKey: ReadonlyMap<string, readonly OwningPackage[]>

  constructor(packages: readonly OwningPackage[]) {
    const byKey = new Map<string, OwningPackage[]>()
    for (const found of packages) {
      for (const key of [found.name, found.locations[0] ?? ''].map((text) => `${found.ecosystem} ${text}`)) {
        const list = byKey.get(key)
        if (list === undefined) byKey.set(key, [found])
        else list.push(found)
      }
    }
    this.#byKey = byKey
  }

  find(ecosystem: string, owner: Owner): OwningPackage | undefined {
    if ('location' in owner) return this.#byKey.get(`${ecosystem} ${owner.location}`)?.[0]
    const { name, version, architecture } = owner
    return this.#byKey
      .get(`${ecosystem} ${name}`)
      ?.find(
        (found) =>
          (version === undefined || version === found.version) &&
          (architecture === undefined || architecture === found.architecture),
      )
  }
}

/** Folders that are remembered: lists name files folder by folder. */
const foldersLimit = 100_000

class Folders {
  readonly #tree: FileTree
  readonly #real = new Map<string, string>()

  constructor(tree: FileTree) {
    this.#tree = tree
  }

  /** A link at the very end is not followed: what a package brought then is the link. */
  realPathOf(path: string): string {
    const folder = parentOf(path)
    const known = this.#real.get(folder)
    const real = known ?? this.#tree.lookup(folder, { follow: true })?.path ?? folder
    if (known === undefined && this.#real.size < foldersLimit) this.#real.set(folder, real)
    return real === '' ? baseOf(path) : `${real}/${baseOf(path)}`
  }
}
