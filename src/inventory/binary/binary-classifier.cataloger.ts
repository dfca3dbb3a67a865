import { parseJson } from '#kit/json.ts'
import { formatPurl } from '#model/purl.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { executableFirstBytes } from '../elf/executable.ts'
import { Classification, probeClassified } from './classifier-probe.ts'
import { families } from './families.ts'
import type { Family } from './family.ts'

const byName: ReadonlyMap<string, Family> = new Map(families.map((family) => [family.name, family]))

export default defineCataloger({
  id: 'binary-classifier',
  version: 1,
  ecosystem: 'several',
  proves: 'installed',
  title: 'Programs and libraries installed without a package manager',
  spec: 'https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html',
  files: [],
  firstBytes: executableFirstBytes,
  probe: probeClassified,
  finds: ['packages'],

  async catalog(file) {
    const location = `/${file.path}`
    const known = parseJson(Classification, await file.text(), location)
    return known.flatMap(({ name, versions }): Found[] => {
      const family = byName.get(name)
      const [version, ...others] = versions
      if (family === undefined || version === undefined) return []
      if (others.length === 0) return [{ package: packageOf(family, version, location) }]
      const reason = `${name} of which version cannot be told: ${versions.join(', ')}`
      return [{ unknown: { path: location, reason } }]
    })
  },
})

function packageOf({ name, purl, cpe, ecosystem = 'generic' }: Family, version: string, location: string) {
  const cpes = cpe === undefined ? {} : { cpes: [`cpe:2.3:a:${cpe}:${cpeVersion(version)}:*:*:*:*:*:*:*`] }
  const identity = purl ?? { type: 'generic', name }
  return { purl: formatPurl({ ...identity, version }), name, version, ecosystem, ...cpes, locations: [location] }
}

/** As CPE 2.3 writes it: what is neither a letter, a digit, a dot nor an underscore is escaped. */
function cpeVersion(version: string): string {
  return version.replace(/^v(?=\d)/, '').replaceAll(/[^\w.]/g, String.raw`\$&`)
}
