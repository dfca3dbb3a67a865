import { posix } from 'node:path'
import { Problem } from '#kit/errors.ts'
import { cleanPath } from '#kit/path.ts'
import type { TarHeader } from '#kit/tar/tar-parser.ts'
import { promisedDigest } from './image-pieces.ts'
import type { ImageLimits } from './limits.ts'

/** What all names of one archive may take together. */
const namesBytes = 64 * 1024 ** 2

const linksFollowed = 16

type Slot<Value> = { readonly value: Value } | { readonly linkTo: string | undefined }

/** The members of an image archive by name. Links lead to other members; to anything else they are refused. */
export class ArchiveMembers<Value> {
  readonly #at: string
  readonly #limits: ImageLimits
  readonly #slots = new Map<string, Slot<Value>>()
  readonly #repeated = new Set<string>()
  #names = 0

  constructor(at: string, limits: ImageLimits) {
    this.#at = at
    this.#limits = limits
  }

  addFile(path: string, value: Value): void {
    this.#add(path, { value })
  }

  addLink({ path, type, linkName }: Pick<TarHeader, 'path' | 'type' | 'linkName'>): void {
    const linkTo = type === 'hardlink' ? cleanPath(linkName) : insideTarget(path, linkName)
    this.#add(path, { linkTo })
  }

  /** The file of this name, links followed. Throws `malformed` when the name is ambiguous or leads astray. */
  find(path: string): Value | undefined {
    let current = path
    for (let followed = 0; followed <= linksFollowed; followed += 1) {
      if (this.#repeated.has(current) && promisedDigest(current) === undefined) {
        throw new Problem('malformed', `${current} is there twice`, { at: this.#at })
      }
      const slot = this.#slots.get(current)
      if (slot === undefined || 'value' in slot) return slot?.value
      if (slot.linkTo === undefined) {
        throw new Problem('malformed', `${current} is a link that leads outside the archive`, { at: this.#at })
      }
      current = slot.linkTo
    }
    throw new Problem('malformed', `the links from ${path} lead round in a circle`, { at: this.#at })
  }

  #add(path: string, slot: Slot<Value>): void {
    if (path.length > this.#limits.pathBytes) return
    this.#names += path.length + ('linkTo' in slot ? (slot.linkTo ?? '').length : 0)
    if (this.#slots.size >= this.#limits.entries || this.#names > namesBytes) {
      throw new Problem('limit_exceeded', 'the archive has too many members', { at: this.#at })
    }
    if (this.#slots.has(path)) this.#repeated.add(path)
    this.#slots.set(path, slot)
  }
}

function insideTarget(path: string, linkName: string): string | undefined {
  if (posix.isAbsolute(linkName)) return undefined
  const target = posix.normalize(posix.join(posix.dirname(path), linkName))
  return target === '..' || target.startsWith('../') ? undefined : target
}
