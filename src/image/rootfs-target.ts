import { exclusionOf } from './exclusion.ts'
import { systemProblem } from './file-range.ts'
import { type WalkOptions, walkRootfs } from './rootfs-walk.ts'
import type { ReadOptions } from './stored-target.ts'
import type { Target } from './target.ts'

export interface DirectoryOptions extends ReadOptions {
  readonly exclude: readonly string[]
}

/** A directory as the root file system of something. */
export function rootfsTarget(directory: string, { exclude, ...options }: DirectoryOptions): Target {
  const walk = { ...options, isExcluded: exclusionOf(exclude) }
  return directoryTarget(directory, {
    kind: 'rootfs',
    description: `the directory ${directory} as a root file system`,
    walk,
  })
}

/** A directory as sources and what was built from them: without what Git keeps, and nothing outside it. */
export function sourceTarget(directory: string, { exclude, ...options }: DirectoryOptions): Target {
  const walk = { ...options, isExcluded: exclusionOf([...exclude, '.git']), isClosed: true }
  return directoryTarget(directory, { kind: 'directory', description: `the directory ${directory}`, walk })
}

interface Directory {
  readonly kind: 'rootfs' | 'directory'
  readonly description: string
  readonly walk: Omit<WalkOptions, 'selector'>
}

function directoryTarget(directory: string, { kind, description, walk }: Directory): Target {
  return {
    kind,
    description,
    async read(selector) {
      const layer = await walkRootfs(directory, { ...walk, selector }).catch((cause: unknown) => {
        throw systemProblem(cause, directory)
      })
      return { subject: { kind, name: directory, layers: [] }, layers: [layer], unknowns: [] }
    },
    async [Symbol.asyncDispose]() {},
  }
}
