import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { Members, texts } from '../members.ts'
import { cpanPackage, distributionOf } from './distribution.ts'

const Requires = z
  .object({ requires: Members.optional().catch(undefined) })
  .optional()
  .catch(undefined)
const Meta = z.object({
  name: z.string(),
  version: z.union([z.string(), z.number().transform(String)]).optional(),
  license: texts,
  prereqs: z.object({ runtime: Requires }).optional().catch(undefined),
})

/** What cpanm and Carton keep of every distribution that they install. Dependencies are modules, named with dashes. */
export default defineCataloger({
  id: 'cpan-meta',
  version: 1,
  ecosystem: 'cpan',
  proves: 'installed',
  title: 'Installed CPAN distributions (.meta/*/MYMETA.json)',
  spec: 'https://metacpan.org/pod/CPAN::Meta::Spec',
  files: ['**/.meta/*/MYMETA.json'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    return [installed(await file.text(), `/${file.path}`)]
  },
})

function installed(text: string, location: string): Found {
  const { name, version = '', license, prereqs } = parseJson(Meta, text, location)
  const modules = Object.keys(prereqs?.runtime?.requires ?? {}).filter((module) => module !== 'perl')
  const licences = license.filter((licence) => licence !== 'unknown')
  const dependencies = modules.map(distributionOf)
  const found = cpanPackage({ name, version, licences, dependencies }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its name or version is not one that CPAN knows' } }
}
