import type { Probe } from '#image/entry.ts'
import { isArchiveName } from './archive-name.ts'
import { encodeNote } from './archive-note.ts'
import { readArchives } from './archive-reader.ts'
import { ZipStream } from './zip-stream.ts'

/** Archives in it as they are, then descriptions and directories beside these. */
const keptLimits = { contentBytes: 96 * 1024 ** 2, descriptionBytes: 128 * 1024 ** 2 }
/** An empty zip. */
const smallestBytes = 22
/** A script before an archive makes it a program. */
const scriptArchiveBytes = 1024

/** Boils an archive down to what it and the archives in it say of themselves: by its name, or because it begins as one. */
export function probeArchive(head: Uint8Array, sizeBytes: number, path: string): Probe | undefined {
  const isNamed = isArchiveName(path)
  const isZip = head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04
  const isScript = head[0] === 0x23 && head[1] === 0x21 && sizeBytes >= scriptArchiveBytes
  if (sizeBytes < smallestBytes && !isNamed) return undefined
  return isNamed || isZip || isScript ? new ArchiveProbe(isNamed) : undefined
}

class ArchiveProbe implements Probe {
  readonly #isNamed: boolean
  #stream: ZipStream | undefined

  constructor(isNamed: boolean) {
    this.#isNamed = isNamed
  }

  write(chunk: Uint8Array): void {
    this.#stream ??= new ZipStream(keptLimits)
    this.#stream.write(chunk)
  }

  /** A file that is not named like an archive is one when something in it is known to Java. */
  end(): Buffer | undefined {
    const file = this.#stream?.end()
    if (file === undefined) return undefined
    this.#stream = undefined
    const archives = readArchives(file)
    if (file.isFull) archives[0]?.reasons.unshift(tooMuch)
    const isKnown = archives.some(({ path, projects }) => path.length > 0 || projects.length > 0)
    return this.#isNamed || isKnown ? encodeNote(archives) : undefined
  }
}

const tooMuch = `of archives that are compressed in it the first ${keptLimits.contentBytes} bytes are read`
