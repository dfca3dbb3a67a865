import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import { type ByteView, partOf, readEntry, storedAt, viewOf, type ZipEntry, zipEntries } from '#kit/zip.ts'
import { entryKind } from './archive-name.ts'
import type { Archive, Project } from './archive-note.ts'
import { parseManifest } from './manifest.ts'
import { parsePom } from './pom.ts'
import { parsePomProperties } from './pom-properties.ts'
import type { ZipFile } from './zip-stream.ts'

/** What one file may cost; docs/threat-model.md says why. */
const archiveLimits = {
  /** Archives in archives. */
  depth: 8,
  /** Archives in one file, however deep. */
  archives: 4096,
  /** Rows of all their directories. */
  entries: 1_000_000,
  directoryBytes: 64 * 1024 ** 2,
  /** Archives in it, whether compressed or not. */
  archiveBytes: 4 * 1024 ** 3,
  /** Inflated archives at one time: those that lie in one another. */
  nestedBytes: 64 * 1024 ** 2,
  /** Inflated archives, one after another, and what lies in them. */
  inflatedBytes: 512 * 1024 ** 2,
  manifestBytes: 8 * 1024 ** 2,
  projectBytes: 1024 ** 2,
  /** Descriptions in one file. */
  documentBytes: 64 * 1024 ** 2,
}

const foldersLimit = 100

/** What is left of the limits of one file. */
class Budget {
  readonly #left: Record<Counted, number> = { ...archiveLimits }

  spend(kind: Counted, amount: number): void {
    this.#left[kind] -= amount
    if (this.#left[kind] < 0) throw new Problem('limit_exceeded', excess[kind])
  }
}

type Counted = 'archives' | 'entries' | 'archiveBytes' | 'inflatedBytes' | 'documentBytes'

const excess: Readonly<Record<Counted, string>> = {
  archives: `of the archives in one file ${archiveLimits.archives} are read`,
  entries: `of the entries of archives in one file ${archiveLimits.entries} are read`,
  archiveBytes: `the archives in it take more than ${archiveLimits.archiveBytes} bytes`,
  inflatedBytes: `the archives in it inflate to more than ${archiveLimits.inflatedBytes} bytes`,
  documentBytes: `the descriptions in it take more than ${archiveLimits.documentBytes} bytes`,
}

/** An archive to be read. */
interface Opened {
  readonly view: ByteView
  readonly path: readonly string[]
  readonly sha1: string | undefined
  /** Where it begins in the file; absent once it was inflated. */
  readonly start: number | undefined
  /** What may be inflated beside what is inflated already. */
  readonly roomBytes: number
}

/** What the file and every archive in it say of themselves, outermost first. */
export function readArchives(file: ZipFile): Archive[] {
  const reader = new ArchiveReader(file)
  const { view, digest: sha1 } = file
  reader.read({ view, path: [], sha1, start: 0, roomBytes: archiveLimits.nestedBytes })
  return reader.archives
}

class ArchiveReader {
  readonly archives: Archive[] = []
  readonly #digests: ReadonlyMap<number, string>
  readonly #budget = new Budget()

  constructor({ digests }: ZipFile) {
    this.#digests = digests
  }

  read(opened: Opened): void {
    const { view, path, sha1 } = opened
    const contents = new Contents()
    const reasons: string[] = []
    const archive = { path: [...path], sha1, hasContent: false, folders: [], projects: [], manifest: {}, reasons }
    const place = this.archives.push(archive) - 1
    attempt(reasons, () => {
      for (const entry of zipEntries(view, archiveLimits)) {
        this.#budget.spend('entries', 1)
        contents.add(entry)
      }
    })
    this.archives[place] = { ...archive, ...this.#describe(view, contents, reasons), reasons }
    for (const entry of contents.archives) {
      attempt(reasons, () => this.#descend(opened, entry), entry.name)
    }
  }

  #describe(
    view: ByteView,
    contents: Contents,
    reasons: string[],
  ): Pick<Archive, 'hasContent' | 'folders' | 'projects' | 'manifest'> {
    const document = (entry: ZipEntry, limitBytes: number): Buffer => {
      this.#budget.spend('documentBytes', Math.min(entry.size, limitBytes))
      return readEntry(view, entry, limitBytes)
    }
    const { manifestBytes, projectBytes } = archiveLimits
    let manifest: Record<string, string> = {}
    const projects = new Map<string, Project>()
    for (const [folder, { properties, project }] of contents.descriptions) {
      const pom =
        project &&
        attempt(reasons, () => parsePom(document(project, projectBytes).toString('utf8'), folder).project, project.name)
      const own =
        properties &&
        attempt(
          reasons,
          () => parsePomProperties(document(properties, projectBytes).toString('latin1')),
          properties.name,
        )
      const known = own === undefined ? pom : { ...(pom ?? own), ...definedOf(own) }
      if (known !== undefined) projects.set(folder, known)
    }
    for (const entry of contents.manifests) {
      attempt(
        reasons,
        () => {
          manifest = parseManifest(document(entry, manifestBytes))
        },
        entry.name,
      )
    }
    return {
      hasContent: contents.hasContent,
      folders: [...contents.folders],
      projects: [...projects.values()],
      manifest,
    }
  }

  #descend({ view, path, start, roomBytes }: Opened, entry: ZipEntry): void {
    if (path.length >= archiveLimits.depth) {
      throw new Problem('limit_exceeded', `archives in archives are read ${archiveLimits.depth} deep`)
    }
    this.#budget.spend('archives', 1)
    this.#budget.spend('archiveBytes', entry.size)
    const inner = [...path, entry.name]
    const from = storedAt(view, entry)
    if (from !== undefined && start !== undefined) {
      const sha1 = this.#digests.get(start + from)
      const part = partOf(view, from, entry.compressedSize)
      this.read({ view: part, path: inner, sha1, start: start + from, roomBytes })
      return
    }
    this.#budget.spend('inflatedBytes', entry.size)
    const bytes = readEntry(view, entry, from === undefined ? roomBytes : entry.size)
    const sha1 = createHash('sha1').update(bytes).digest('hex')
    const roomLeft = from === undefined ? roomBytes - bytes.length : roomBytes
    this.read({ view: viewOf(bytes), path: inner, sha1, start: undefined, roomBytes: roomLeft })
    if (from === undefined) release(bytes)
  }
}

const releasedFromBytes = 1024 ** 2

/** Gives memory of its own back at once: many large archives one after another would outrun the collector. */
function release({ buffer, length }: Buffer): void {
  if (length >= releasedFromBytes && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** What of an archive is looked into, by the names in its directory. */
class Contents {
  readonly archives: ZipEntry[] = []
  readonly manifests: ZipEntry[] = []
  /** By the folder of META-INF/maven that they are in. */
  readonly descriptions = new Map<string, { properties?: ZipEntry; project?: ZipEntry }>()
  readonly folders = new Set<string>()
  hasContent = false

  add(entry: ZipEntry): void {
    const { name } = entry
    switch (entryKind(name)) {
      case 'archive':
        this.archives.push(entry)
        break
      case 'manifest':
        if (this.manifests.length === 0) this.manifests.push(entry)
        break
      case 'properties':
        this.#descriptionsAt(name).properties ??= entry
        break
      case 'project':
        this.#descriptionsAt(name).project ??= entry
        break
      case 'code':
        this.hasContent = true
        if (this.folders.size < foldersLimit) this.folders.add(codeFolder(name))
        break
      case 'other':
        if (!/\/$|^META-INF\/|^module-info\.class$/i.test(name)) this.hasContent = true
        break
    }
  }

  #descriptionsAt(name: string): { properties?: ZipEntry; project?: ZipEntry } {
    const folder = name.slice(0, name.lastIndexOf('/'))
    const descriptions = this.descriptions.get(folder) ?? {}
    this.descriptions.set(folder, descriptions)
    return descriptions
  }
}

/** The folder of a class, four deep at most, wherever the archive keeps its classes. */
function codeFolder(name: string): string {
  const path = name.slice(0, 1000).replace(/^(?:(?:WEB|BOOT)-INF\/classes\/|META-INF\/versions\/\d{1,4}\/)/, '')
  return path.split('/', 5).slice(0, -1).join('/').slice(0, 200)
}

const reasonsLimit = 20
const nameLimit = 300

/** Notes why the work failed, with the entry it was about; `undefined` then. */
function attempt<Result>(reasons: string[], work: () => Result, name?: string): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const reason = name === undefined ? error.message : `${name.slice(0, nameLimit)}: ${error.message}`
    if (reasons.length < reasonsLimit) reasons.push(reason)
    else if (reasons.length === reasonsLimit) reasons.push('more of it could not be read')
    return undefined
  }
}

function definedOf({ group, artifact, version }: Project): Partial<Project> {
  return {
    ...(group === undefined ? {} : { group }),
    ...(artifact === undefined ? {} : { artifact }),
    ...(version === undefined ? {} : { version }),
  }
}
