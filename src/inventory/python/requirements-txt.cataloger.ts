import { defineCataloger, type Steps } from '../cataloger.ts'
import { isOverruled } from './python-lock.ts'
import { type RequirementsEntry, readRequirements } from './requirements-file.ts'

const reasons = [
  ['unpinned', 'requirements that allow more than one version'],
  ['no-version', 'requirements from git, files or URLs without a version'],
  ['elsewhere', 'other files of requirements that are named and not read'],
  ['unreadable', 'lines that are not as pip reads them'],
] as const satisfies readonly (readonly [Extract<RequirementsEntry, string>, string])[]

/**
 * Only what is pinned to one version is a package. Another file that `-r` names is read when its own name is that of a
 * file of requirements, and else counted. Constraints ask for nothing and are not read.
 */
export default defineCataloger({
  id: 'requirements-txt',
  version: 1,
  ecosystem: 'pypi',
  proves: 'declared',
  title: 'pip requirements (requirements*.txt)',
  spec: 'https://pip.pypa.io/en/stable/reference/requirements-file-format/',
  files: ['**/*requirements*.txt', '**/requirements/*.txt'],
  finds: ['packages', 'hashes'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    return readFile(await file.text(), `/${file.path}`)
  },
})

function* readFile(text: string, location: string): Steps {
  const counts = { unpinned: 0, 'no-version': 0, elsewhere: 0, unreadable: 0 }
  for (const entry of readRequirements(text, location)) {
    if (entry === undefined) yield undefined
    else if (typeof entry === 'string') counts[entry] += 1
    else yield { package: entry }
  }
  for (const [kind, reason] of reasons) {
    if (counts[kind] > 0) yield { unknown: { path: location, reason: `${reason}: ${counts[kind]}` } }
  }
}
