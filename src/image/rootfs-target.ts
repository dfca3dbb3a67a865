import { systemProblem } from './file-range.ts'
import { walkRootfs } from './rootfs-walk.ts'
import type { ReadOptions } from './stored-target.ts'
import type { Target } from './target.ts'

/** A directory as the root file system of something. */
export function rootfsTarget(directory: string, options: ReadOptions): Target {
  return {
    kind: 'rootfs',
    description: `the directory ${directory} as a root file system`,
    async read(selector) {
      const layer = await walkRootfs(directory, { selector, ...options }).catch((cause: unknown) => {
        throw systemProblem(cause, directory)
      })
      return { subject: { kind: 'rootfs', name: directory, layers: [] }, layers: [layer], unknowns: [] }
    },
    async [Symbol.asyncDispose]() {},
  }
}
