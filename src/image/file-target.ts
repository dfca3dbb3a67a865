import { Buffer } from 'node:buffer'
import { lstatSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { Problem } from '#kit/errors.ts'
import type { Unknown } from '#model/package.ts'
import { fileKind } from './archive-target.ts'
import { isArchiveName } from './argument.ts'
import type { LayerContents, Selector } from './entry.ts'
import { systemProblem } from './file-range.ts'
import { FileReader } from './rootfs-file.ts'
import type { ReadOptions } from './stored-target.ts'
import type { Target } from './target.ts'

/** A single file as a root that holds nothing else. The user may name it by a link. */
export function fileTarget(path: string, options: ReadOptions): Target {
  return {
    kind: 'file',
    description: `the file ${path}`,
    async read(selector) {
      return {
        subject: { kind: 'file', name: path, layers: [] },
        layers: [readFile(path, selector, options)],
        unknowns: [],
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Whether a file neither is an archive nor called like one, as an image must be. Packages of Alpine are gzip, too. */
export async function isSingleFile(path: string, options: Pick<ReadOptions, 'signal'>): Promise<boolean> {
  const kind = await fileKind(path, options)
  return (kind === undefined && !isArchiveName(path)) || (kind === 'compressed' && path.endsWith('.apk'))
}

function readFile(path: string, selector: Selector, { limits }: ReadOptions): LayerContents {
  const unknowns: Unknown[] = []
  try {
    const place = Buffer.from(realpathSync(path))
    const stats = lstatSync(place, { bigint: true })
    if (!stats.isFile()) throw new Problem('usage', 'this is not a regular file', { at: path })
    const name = basename(path)
    const content = new FileReader({ selector, limits }, unknowns).read({ path: name, place, stats })
    const [size, mode] = [Number(stats.size), Number(stats.mode & 0o7777n)]
    const owner = { uid: Number(stats.uid), gid: Number(stats.gid) }
    return {
      entries: [
        { path: '', type: 'directory', size: 0, mode: 0o755, ...owner },
        { path: name, type: 'file', size, mode, ...owner, content },
      ],
      unknowns,
      bytes: size,
    }
  } catch (error) {
    throw systemProblem(error, path)
  }
}
