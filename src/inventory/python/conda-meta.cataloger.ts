import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { condaPackage } from './conda-package.ts'
import { fileHashes } from './requirement.ts'

const text = z.string().optional().catch(undefined)
const Entry = z.object({
  name: z.string(),
  version: z.string(),
  build: text,
  channel: text,
  subdir: text,
  fn: text,
  license: text,
  md5: text,
  sha256: text,
  depends: z.array(z.string()).optional().catch(undefined),
})

export default defineCataloger({
  id: 'conda-meta',
  version: 1,
  ecosystem: 'conda',
  proves: 'installed',
  title: 'Installed conda packages (conda-meta)',
  spec: 'https://docs.conda.io/projects/conda/en/stable/dev-guide/specs/solver-state.html',
  files: ['**/conda-meta/*.json'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const { fn, license, md5, sha256, depends = [], ...entry } = parseJson(Entry, await file.text(), location)
    const facts = {
      type: /\.(tar\.bz2|conda)$/.exec(fn ?? '')?.[1],
      licences: license === undefined || license.trim() === '' ? undefined : [license.trim().slice(0, 500)],
      hashes: fileHashes([`md5:${md5}`, `sha256:${sha256}`]),
      dependencies: neededNames(depends),
    }
    const found = condaPackage({ ...entry, ...facts }, location)
    return [
      found === undefined
        ? { unknown: { path: location, reason: 'its name or version is not one that conda knows' } }
        : { package: found },
    ]
  },
})

/** The first word of `numpy >=1.21,<2.0a0`; names with two underscores are facts about the machine. */
function neededNames(depends: readonly string[]): readonly string[] | undefined {
  const names = depends.flatMap((spec) => /^(?!__)[A-Za-z0-9_.-]{1,400}/.exec(spec)?.[0] ?? [])
  return names.length === 0 ? undefined : [...new Set(names)]
}
