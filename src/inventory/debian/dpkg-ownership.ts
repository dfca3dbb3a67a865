import { baseOf } from '#kit/path.ts'
import type { OwnedFile, Owner, Ownership } from '../cataloger.ts'
import { linesNaming } from '../ownership/lines.ts'

const info = 'var/lib/dpkg/info'
const statusFolder = 'var/lib/dpkg/status.d'

/**
 * A list names everything that a package brought; the checksums, which few packages lack, leave out its settings.
 * Images built without dpkg have checksums only, beside the description of each package.
 */
export const dpkgOwnership: Ownership = {
  files: [`${info}/*.list`, `${info}/*.md5sums`, `${statusFolder}/*.md5sums`],

  *owned({ path, content }, wanted) {
    const owner = ownerOf(path)
    const read = path.endsWith('.list') ? listed : summed
    for (const line of linesNaming(content, wanted)) {
      const file = line === undefined ? undefined : read(line)
      yield file && { ...file, owner }
    }
  },
}

/** `libc6:amd64.list`: with the architecture where packages of several can be installed together. */
function ownerOf(path: string): Owner {
  const stem = path.slice(0, path.lastIndexOf('.'))
  if (path.startsWith(`${statusFolder}/`)) return { location: `/${stem}` }
  const [name = '', architecture] = baseOf(stem).split(':', 2)
  return { name, architecture }
}

function listed(line: string): Omit<OwnedFile, 'owner'> {
  return { path: line }
}

/** The checksum, two blanks, and the path without a slash in front. */
function summed(line: string): Omit<OwnedFile, 'owner'> | undefined {
  return line.charAt(32) === ' ' ? { path: line.slice(34), digest: `md5:${line.slice(0, 32)}` } : undefined
}
