import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { readSpecification } from './specification.ts'

/**
 * RubyGems writes the specification of every gem it installs; default gems come with Ruby itself. Those that Bundler
 * takes from git keep theirs in the working copy, where Bundler puts the same form.
 */
export default defineCataloger({
  id: 'gem-specification',
  version: 1,
  ecosystem: 'gem',
  proves: 'installed',
  title: 'Installed Ruby gems (specifications)',
  spec: 'https://guides.rubygems.org/specification-reference/',
  files: [
    '**/specifications/*.gemspec',
    '**/specifications/default/*.gemspec',
    '**/bundler/gems/*/*.gemspec',
    '**/bundler/gems/*/*/*.gemspec',
  ],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const { name = '', version = '', platform, ...rest } = readSpecification(await file.text())
    const found = listedPackage(
      { ecosystem: 'gem', name, version, ...rest, purl: { qualifiers: { platform } } },
      location,
    )
    return [
      found === undefined
        ? { unknown: { path: location, reason: 'a gem whose name or version is not written out' } }
        : { package: found },
    ]
  },
})
