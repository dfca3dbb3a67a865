import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { condaPackage } from './conda-package.ts'
import { isOverruled } from './python-lock.ts'
import { readRequirements } from './requirements-file.ts'

const Environment = z.object({ dependencies: z.array(z.unknown()).nullish() })
const PipSection = z.object({ pip: z.array(z.unknown()).nullish() })
const limitBytes = 4 * 1024 ** 2

/**
 * What `conda env export` writes, with and without builds, and pip's part of it. A version after a single `=` is what
 * an export has; people also write `python=3.12` and mean any 3.12, which cannot be told apart.
 */
export default defineCataloger({
  id: 'conda-environment',
  version: 1,
  ecosystem: 'several',
  proves: 'declared',
  title: 'conda environment (environment.yml)',
  spec: 'https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html',
  files: ['**/environment.yml', '**/environment.yaml'],
  finds: ['packages'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const text = (await file.text()).replace(/^\uFEFF/, '')
    if (!/^(?:dependencies|["']dependencies["'])\s{0,20}:/m.test(text)) return []
    if (text.length > limitBytes) {
      throw new Problem('limit_exceeded', `an environment of more than ${limitBytes} bytes`, { at: location })
    }
    return readEnvironment(parseYaml(Environment, text, location).dependencies ?? [], location)
  },
})

function* readEnvironment(dependencies: readonly unknown[], location: string): Steps {
  let open = 0
  for (const dependency of dependencies) {
    if (typeof dependency === 'string') {
      const found = readSpec(dependency, location)
      if (found === undefined) open += 1
      yield found && { package: found }
      continue
    }
    const lines = (PipSection.safeParse(dependency).data?.pip ?? []).filter((line) => typeof line === 'string')
    for (const entry of readRequirements(lines.join('\n'), location)) {
      if (typeof entry === 'string') open += 1
      yield typeof entry === 'string' ? undefined : entry && { package: entry }
    }
  }
  if (open > 0)
    yield { unknown: { path: location, reason: `dependencies that are not pinned to one version: ${open}` } }
}

/** `channel/subdir::name=version=build`, the parts before and after optional; `name ==version` as well. */
function readSpec(spec: string, location: string): ReturnType<typeof condaPackage> {
  const [, channel, subdir, name = '', version = '', build] =
    /^(?:([A-Za-z0-9_./:-]{1,300}?)(?:\/(linux-\w{1,20}|osx-\w{1,20}|win-\w{1,20}|noarch))?::)?([A-Za-z0-9_.-]{1,300})\s{0,20}={1,2}\s{0,20}([A-Za-z0-9_.!+]{1,200})(?:=([A-Za-z0-9_.]{1,200}))?$/.exec(
      spec.trim(),
    ) ?? []
  return version === '' ? undefined : condaPackage({ name, version, build, channel, subdir }, location)
}
