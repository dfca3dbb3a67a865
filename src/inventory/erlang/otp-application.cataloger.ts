import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { platformApplications } from './platform-applications.data.ts'
import { itemsOf, readTerms, type Term, valueOf } from './terms.ts'

/**
 * Every Erlang and Elixir application is compiled together with such a file, those of OTP and Elixir themselves too. It
 * does not say where the application came from: what belongs to neither is taken for a package of Hex, where nearly all
 * come from.
 */
export default defineCataloger({
  id: 'otp-application',
  version: 1,
  ecosystem: 'several',
  proves: 'installed',
  title: 'Erlang and Elixir applications (.app)',
  spec: 'https://www.erlang.org/doc/apps/kernel/app',
  files: ['**/ebin/*.app'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const [resource] = readTerms(await file.text(), 'erlang')
    const [kind, name = '', properties] = itemsOf(resource)
    const version = valueOf(properties, 'vsn')
    const found =
      kind === 'application' && typeof name === 'string' && typeof version === 'string'
        ? listedPackage(
            {
              ecosystem: platformApplications.has(name) ? 'otp' : 'hex',
              name,
              version,
              dependencies: textsOf(valueOf(properties, 'applications')),
            },
            location,
          )
        : undefined
    return [
      found === undefined
        ? { unknown: { path: location, reason: 'an application without a proper name or version' } }
        : { package: found },
    ]
  },
})

function textsOf(list: Term | undefined): string[] {
  return itemsOf(list).filter((item) => typeof item === 'string')
}
