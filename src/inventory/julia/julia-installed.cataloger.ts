import { z } from 'zod'
import { parseToml } from '#kit/toml.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { Members, optionalText } from '../members.ts'
import { juliaPackage } from './julia-package.ts'

const Project = z.object({
  name: optionalText,
  uuid: optionalText,
  version: optionalText,
  deps: Members.optional().catch(undefined),
})

/** A depot keeps every version that was ever added, each in a folder of the package's name and a short slug. */
export default defineCataloger({
  id: 'julia-installed',
  version: 1,
  ecosystem: 'julia',
  proves: 'installed',
  title: 'Installed Julia packages (Project.toml in a depot)',
  spec: 'https://pkgdocs.julialang.org/v1/toml-files/#Project.toml',
  files: ['**/packages/*/*/Project.toml', '**/packages/*/*/JuliaProject.toml'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    const folder = /(?:^|\/)packages\/([^/]+)\/[A-Za-z0-9]{4,5}\/(?:Julia)?Project\.toml$/.exec(file.path)?.[1]
    if (folder === undefined) return []
    const location = `/${file.path}`
    const { name, uuid = '', version = '', deps = {} } = parseToml(Project, await file.text(), location)
    return name === folder ? [found({ name, uuid, version, dependencies: Object.keys(deps) }, location)] : []
  },
})

function found(listed: Parameters<typeof juliaPackage>[0], location: string): Found {
  const installed = juliaPackage(listed, location)
  if (installed !== undefined) return { package: installed }
  return { unknown: { path: location, reason: 'it does not say which version of the package it is' } }
}
