import { Problem } from '#kit/errors.ts'
import { baseOf, cleanPath, nameBytes, parentOf } from '#kit/path.ts'
import type { TarHeader, TarParser } from '#kit/tar/tar-parser.ts'
import type { Unknown } from '#model/package.ts'
import type { Deadline } from './deadline.ts'
import type { Entry, LayerContents, Probe, Selector } from './entry.ts'
import type { ImageLimits } from './limits.ts'

const headBytes = 64

/** Linux takes no longer one (PATH_MAX without its NUL). */
const targetLimitBytes = 4095

const ambiguous = 'its tar headers mean one thing to GNU tar, as which they were read, and another to container engines'

/** Entries that are reported one by one; the rest is counted. */
export const reportedUnknowns = 10_000

export interface CollectorOptions {
  readonly selector: Selector
  readonly limits: ImageLimits
  readonly name: string
}

/** Where members come from; told whether the content of the last one is wanted. */
type MemberSource = Pick<TarParser, 'keep' | 'skip'>

/** An entry that is still being read. */
interface OpenEntry extends Entry {
  content: Buffer | undefined
}

/** Takes the content of one file piece by piece; `undefined` from `write` means that it wants no more. */
interface Sink {
  write(piece: Uint8Array): Sink | undefined
}

/** Turns what a parser yields into entries, with the content that the selector wants. */
export class LayerCollector {
  readonly #parser: MemberSource
  readonly #options: CollectorOptions
  readonly #deadline: Deadline
  readonly #entries: Entry[] = []
  /** What could not be taken in at all. */
  readonly #refused: Unknown[] = []
  /** What was wanted and could not be kept. */
  readonly #unkept: Unknown[] = []
  #moreUnknowns = 0
  #members = 0
  #keptBytes = 0
  #contentBytes = 0
  #sink: Sink | undefined

  constructor(parser: MemberSource, options: CollectorOptions, deadline: Deadline) {
    this.#parser = parser
    this.#options = options
    this.#deadline = deadline
  }

  take(event: TarHeader | Uint8Array): void {
    if (event instanceof Uint8Array) this.#takeContent(event)
    else this.#takeMember(event)
  }

  finish(): Pick<LayerContents, 'entries' | 'unknowns' | 'refusals'> {
    const more = { path: this.#options.name, reason: `${this.#moreUnknowns} more entries could not be taken in` }
    const unknowns = [...this.#refused, ...this.#unkept, ...(this.#moreUnknowns > 0 ? [more] : [])]
    return { entries: this.#entries, unknowns, refusals: this.#refused.length }
  }

  #takeMember(header: TarHeader): void {
    this.#sink = undefined
    this.#checkLimits(header)
    const linkTarget = linkTargetOf(header)
    const refused = header.refused ?? refusedPart(header.path) ?? linkTarget?.refused
    if (refused !== undefined) {
      this.#report(header.path, refused, this.#refused)
      return
    }
    if (header.isAmbiguous) this.#report(header.path, ambiguous)
    const { type, size, mode, uid, gid } = header
    const path = header.isDeviceZero ? whiteoutOf(header.path) : header.path
    const entry: OpenEntry = { path, type, size, mode, uid, gid, linkTarget: linkTarget?.target, content: undefined }
    this.#entries.push(entry)
    if (type === 'file') this.#sink = this.#startFile(entry)
    if (this.#sink !== undefined) this.#parser.keep()
  }

  #checkLimits({ path }: TarHeader): void {
    const { limits } = this.#options
    this.#members += 1
    if (this.#members > limits.entries) {
      throw this.#excess(`has more than ${limits.entries} entries`)
    }
    if (isLonger(path, limits.pathBytes)) {
      throw this.#excess(`has a path of more than ${limits.pathBytes} bytes`)
    }
    if (path.length > limits.pathDepth && path.split('/').length > limits.pathDepth) {
      throw this.#excess(`has a path of more than ${limits.pathDepth} components`)
    }
  }

  #startFile(entry: OpenEntry): Sink | undefined {
    const { selector, limits } = this.#options
    if (!selector.wants(entry.path)) return entry.size === 0 ? undefined : this.#headSink(entry)
    if (entry.size > limits.keptFileBytes) this.#report(entry.path, tooLarge(limits))
    else if (this.#reserve(entry)) return keepingSink(entry)
    return undefined
  }

  #reserve({ path, size }: OpenEntry, bytes = size): boolean {
    const { keptLayerBytes } = this.#options.limits
    if (this.#keptBytes + bytes > keptLayerBytes) {
      this.#report(path, `wanted files of this layer add up to more than ${keptLayerBytes} bytes`)
      return false
    }
    this.#keptBytes += bytes
    return true
  }

  #takeContent(piece: Uint8Array): void {
    this.#contentBytes += piece.length
    const { layerBytes } = this.#options.limits
    if (this.#contentBytes > layerBytes) throw this.#excess(`has files of more than ${layerBytes} bytes`)
    this.#deadline.check()
    this.#sink = this.#sink?.write(piece)
    if (this.#sink === undefined) this.#parser.skip()
  }

  #headSink(entry: OpenEntry): Sink {
    const length = Math.min(headBytes, entry.size)
    let gathered: Buffer | undefined
    let filled = 0
    const sink: Sink = {
      write: (piece) => {
        if (filled === 0 && piece.length >= length) return this.#startProbe(entry, piece.subarray(0, length), piece)
        gathered ??= Buffer.alloc(length)
        gathered.set(piece.subarray(0, length - filled), filled)
        filled += piece.length
        if (filled < length) return sink
        const rest = piece.subarray(piece.length - (filled - length))
        return this.#startProbe(entry, gathered, gathered)?.write(rest)
      },
    }
    return sink
  }

  #startProbe(entry: OpenEntry, head: Uint8Array, piece: Uint8Array): Sink | undefined {
    const probe = this.#options.selector.probe(head, entry.size, entry.path)
    return probe === undefined ? undefined : this.#probeSink(entry, probe).write(piece)
  }

  #probeSink(entry: OpenEntry, probe: Probe): Sink {
    let left = entry.size
    const sink: Sink = {
      write: (piece) => {
        try {
          probe.write(piece)
          left -= piece.length
          if (left > 0) return sink
          this.#keepResult(entry, probe.end())
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          this.#report(entry.path, error.message)
        }
        return undefined
      },
    }
    return sink
  }

  #keepResult(entry: OpenEntry, result: Buffer | undefined): void {
    if (result === undefined) return
    const { keptFileBytes } = this.#options.limits
    if (result.length > keptFileBytes)
      this.#report(entry.path, `what is known of it takes more than ${keptFileBytes} bytes`)
    else if (this.#reserve(entry, result.length)) entry.content = compact(result)
  }

  #report(path: string, reason: string, list = this.#unkept): void {
    if (this.#refused.length + this.#unkept.length < reportedUnknowns) list.push(unknownAt(path, reason))
    else this.#moreUnknowns += 1
  }

  #excess(what: string): Problem {
    const { name } = this.#options
    return new Problem('limit_exceeded', `${name} ${what}`, { at: name })
  }
}

export function unknownAt(path: string, reason: string): Unknown {
  return { path: path.startsWith('/') ? path : `/${path}`, reason }
}

/** Why a wanted file was not kept. */
export function tooLarge({ keptFileBytes }: Pick<ImageLimits, 'keptFileBytes'>): string {
  return `it is larger than ${keptFileBytes} bytes`
}

/** overlayfs hides what has the name of a character device 0:0; images say the same with a prefix. */
function whiteoutOf(path: string): string {
  const parent = parentOf(path)
  return `${parent === '' ? '' : `${parent}/`}.wh.${baseOf(path)}`
}

/** Copies, so that the chunks a file came in are not held by it. */
function keepingSink(entry: OpenEntry): Sink | undefined {
  const content = Buffer.allocUnsafeSlow(entry.size)
  let filled = 0
  if (entry.size === 0) entry.content = content
  const sink: Sink = {
    write(piece) {
      content.set(piece, filled)
      filled += piece.length
      if (filled < content.length) return sink
      entry.content = content
      return undefined
    },
  }
  return entry.size === 0 ? undefined : sink
}

/** Without the larger memory it may be a view of. */
function compact(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

/** Linux takes 255 bytes (NAME_MAX), and so do all its usual file systems. */
function refusedPart(path: string): string | undefined {
  const isTooLong = isLonger(path, 255) && path.split('/').some((part) => isLonger(part, 255))
  return isTooLong ? 'a part of its name is longer than any file system takes' : undefined
}

/** UTF-8 takes at most three bytes for each unit of a string, so most need not be measured. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && nameBytes(text) > bytes
}

function linkTargetOf({ type, linkName }: TarHeader): { target: string; refused: string | undefined } | undefined {
  if (type !== 'symlink' && type !== 'hardlink') return undefined
  const target = type === 'symlink' ? linkName : cleanPath(linkName)
  if (target === undefined)
    return { target: '', refused: 'it is a hard link to a name with a `..` component or a NUL byte' }
  const isUsable = target !== '' && !target.includes('\0') && !isLonger(target, targetLimitBytes)
  return { target, refused: isUsable ? undefined : 'it is a link without a usable target' }
}
