import { baseOf, parentOf } from '#kit/path.ts'
import type { Work } from '#kit/turns.ts'
import type { Unknown } from '#model/package.ts'
import type { Entry } from './entry.ts'
import { type Directory, type Inode, isDirectory, resolve } from './inode.ts'

/** What a directory of a layer hides in the layers below it. */
interface Whiteouts {
  isOpaque: boolean
  readonly names: Set<string>
}

/** A hard link to something that this layer does not have. */
export interface OpenLink {
  readonly directory: Directory
  readonly name: string
  readonly inode: Inode
  readonly path: string
}

const whiteoutPrefix = '.wh.'
const opaqueMarker = '.wh..wh..opq'
const metadataPrefix = '.wh..wh.'

const entriesPerTurn = 1000

const opaqueRoot =
  'by the OCI image specification it hides all layers below, but overlayfs shows them, so they were taken in'

const impliedDirectory: Inode['entry'] = {
  path: '',
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  linkTarget: undefined,
  content: undefined,
}

/**
 * One layer as `tar -x` would unpack it into a directory of its own: entries in order, the last one of a name wins,
 * missing directories are made, symlinks on the way are followed. Where GNU tar gives up with an error, it does what
 * container engines do: a file replaces a whole directory, and no symlink leads out of the root.
 */
export class LayerTree {
  readonly root: Directory
  readonly whiteouts = new Map<Inode, Whiteouts>()
  readonly openLinks: OpenLink[] = []
  readonly unknowns: Unknown[] = []
  readonly #layer: number
  readonly #nextId: () => number
  readonly #devices = new Set<Inode>()
  readonly #deviceNames: Omit<OpenLink, 'path'>[] = []
  #lastPath = ''
  #lastDirectory: Inode

  constructor(layer: number, nextId: () => number) {
    this.#layer = layer
    this.#nextId = nextId
    this.root = this.#newDirectory(impliedDirectory)
    this.#lastDirectory = this.root
  }

  *unpack(entries: readonly Entry[]): Work<void> {
    for (const [index, entry] of entries.entries()) {
      this.#add(entry)
      if (index % entriesPerTurn === 0) yield
    }
    this.#turnDevicesToWhiteouts()
    for (const name of this.root.children.keys()) {
      if (name.startsWith(metadataPrefix)) this.root.children.delete(name)
    }
  }

  #add(entry: Entry): void {
    if (entry.path === '') {
      if (entry.type === 'directory') this.root.entry = entry
      return
    }
    const directory = this.#directoryOf(entry.path)
    if (!isDirectory(directory)) this.#refuse(entry, 'what it lies in is not a directory')
    else if (!this.#addWhiteout(entry, directory)) this.#place(entry, directory)
  }

  #directoryOf(path: string): Inode | undefined {
    const parent = parentOf(path)
    if (parent === this.#lastPath) return this.#lastDirectory
    const found = resolve(this.root, parent, { follow: true, make: this.#make })
    if (found === undefined) return undefined
    this.#lastPath = parent
    this.#lastDirectory = found.inode
    return found.inode
  }

  readonly #make = (directory: Directory, name: string): Inode => {
    const made = this.#newDirectory(impliedDirectory)
    directory.children.set(name, made)
    return made
  }

  /** OCI image specification, layer.md, "Whiteouts". Files that aufs kept for itself lie in the root until the end. */
  #addWhiteout(entry: Entry, directory: Directory): boolean {
    const base = baseOf(entry.path)
    if (!base.startsWith(whiteoutPrefix)) return false
    if (base === opaqueMarker) {
      if (directory === this.root) this.#refuse(entry, opaqueRoot)
      else this.#whiteoutsOf(directory).isOpaque = true
      return true
    }
    if (directory === this.root && base.startsWith(metadataPrefix)) return false
    const name = base.slice(whiteoutPrefix.length)
    if (name === '' || name === '.' || name === '..') this.#refuse(entry, 'it is a whiteout of nothing')
    else if (entry.type === 'character-device') this.#set(directory, name, this.#newDevice(entry))
    else this.#whiteoutsOf(directory).names.add(name)
    return true
  }

  #whiteoutsOf(directory: Directory): Whiteouts {
    let whiteouts = this.whiteouts.get(directory)
    if (whiteouts === undefined) {
      whiteouts = { isOpaque: false, names: new Set() }
      this.whiteouts.set(directory, whiteouts)
    }
    return whiteouts
  }

  #place(entry: Entry, directory: Directory): void {
    const name = baseOf(entry.path)
    const existing = directory.children.get(name)
    if (entry.type === 'directory' && isDirectory(existing)) {
      existing.entry = entry
      return
    }
    const inode = this.#inodeFor(entry)
    if (inode === undefined || inode === existing) return
    this.#set(directory, name, inode)
    if (inode.entry.type === 'hardlink') this.openLinks.push({ directory, name, inode, path: entry.path })
  }

  #set(directory: Directory, name: string, inode: Inode): void {
    const existing = directory.children.get(name)
    if (isDirectory(existing) || existing?.entry.type === 'symlink') this.#forgetLast()
    directory.children.set(name, inode)
    if (this.#devices.has(inode)) this.#deviceNames.push({ directory, name, inode })
  }

  /** The kernel's own whiteout: unlike that of an image it takes up the name itself, so a later entry replaces it. */
  #newDevice(entry: Entry): Inode {
    const inode = this.#newInode(entry)
    this.#devices.add(inode)
    return inode
  }

  #turnDevicesToWhiteouts(): void {
    for (const { directory, name, inode } of this.#deviceNames) {
      if (directory.children.get(name) !== inode) continue
      directory.children.delete(name)
      this.#whiteoutsOf(directory).names.add(name)
    }
  }

  /** A hard link to something that this layer does not have gets an inode that still has the type `hardlink`. */
  #inodeFor(entry: Entry): Inode | undefined {
    if (entry.type === 'directory') return this.#newDirectory(entry)
    if (entry.type !== 'hardlink') return this.#newInode(entry)
    const found = resolve(this.root, entry.linkTarget ?? '', { follow: false })?.inode
    if (!isDirectory(found)) return found ?? this.#newInode(entry)
    this.#refuse(entry, 'it is a hard link to a directory')
    return undefined
  }

  #forgetLast(): void {
    this.#lastPath = ''
    this.#lastDirectory = this.root
  }

  #newInode(entry: Inode['entry']): Inode {
    return { id: this.#nextId(), entry, layer: this.#layer, children: undefined }
  }

  #newDirectory(entry: Inode['entry']): Directory {
    return { id: this.#nextId(), entry, layer: this.#layer, children: new Map() }
  }

  #refuse({ path }: Entry, reason: string): void {
    this.unknowns.push({ path: `/${path}`, reason: `layer ${this.#layer}: ${reason}` })
  }
}
