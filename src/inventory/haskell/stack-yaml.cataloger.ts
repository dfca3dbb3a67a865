import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { parseIdentifier } from './identifier.ts'

const Project = z.object({ 'extra-deps': z.array(z.unknown()).nullish() })

/** Packages asked for beyond the snapshot. Folders of the project are the user's own code. */
export default defineCataloger({
  id: 'stack-yaml',
  version: 1,
  ecosystem: 'hackage',
  proves: 'declared',
  title: 'Stack project (stack.yaml)',
  spec: 'https://docs.haskellstack.org/en/stable/configure/yaml/project/#extra-deps',
  files: ['**/stack.yaml'],
  finds: ['packages'],

  async catalog(file, context) {
    if (isPackaging(file.path) || context.typeOf(`${file.path}.lock`) === 'file') return []
    const location = `/${file.path}`
    const project = parseYaml(Project, await file.text(), location)
    return withCounts(outcomesOf(project['extra-deps'] ?? [], location), location)
  },
})

function* outcomesOf(entries: readonly unknown[], location: string): Generator<Outcome> {
  for (const entry of entries) yield typeof entry === 'string' ? outcomeOf(entry, location) : 'no-version'
}

function outcomeOf(entry: string, location: string): Outcome {
  const found = parseIdentifier(entry)
  if (found === undefined) return /^[a-z]{1,20}:|@/.test(entry) ? 'no-version' : 'left-out'
  return listedPackage({ ...found, ecosystem: 'hackage' }, location) ?? 'unreadable'
}
