import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'

interface Distribution extends Pick<Package, 'name' | 'version' | 'licences' | 'dependencies'> {
  /** CPAN's id of who uploaded it. */
  readonly author?: string | undefined
}

/** `undefined` when it is the name of a module, not of a distribution, or no name at all. */
export function cpanPackage({ author, ...listed }: Distribution, location: string): Package | undefined {
  if (listed.name.includes('::')) return undefined
  return listedPackage({ ...listed, ecosystem: 'cpan', purl: { qualifiers: { author } } }, location)
}

/** `Foo-Bar-1.23` or `Foo-Bar-v1.2.3`; the version begins at the first dash with a digit behind it. */
export function splitDistribution(text: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^([A-Za-z][\w+.-]{0,200}?)-(v?\d[\w.-]{0,100})$/.exec(text) ?? []
  return name === undefined || version === undefined ? undefined : { name, version }
}

/** `A/AU/AUTHOR/Foo-Bar-1.23.tar.gz`, with folders in between now and then. */
export function authorOf(pathname: string): string | undefined {
  return /^(?:authors\/id\/)?[A-Z]\/[A-Z][A-Z0-9-]\/([A-Z][A-Z0-9-]{1,30})\//.exec(pathname)?.[1]
}

/** Where a module has no distribution to tell, its name with dashes is what distributions are commonly called. */
export function distributionOf(moduleName: string): string {
  return moduleName.replaceAll('::', '-')
}
