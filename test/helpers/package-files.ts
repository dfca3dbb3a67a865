import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Content of the files below a folder whose path fits, by their path with the folder's own name before it. */
export function packageFilesBelow(folder: string, name: RegExp): Record<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => name.test(path))
  const files = names.map((path) => [join(basename(folder), path), join(folder, path)] as const)
  return Object.fromEntries(
    files.filter(([, file]) => statSync(file).isFile()).map(([path, file]) => [path, readFileSync(file)]),
  )
}
