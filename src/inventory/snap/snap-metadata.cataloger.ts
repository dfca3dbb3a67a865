import { z } from 'zod'
import { parseYamlText } from '#kit/yaml.ts'
import { formatPurl } from '#model/purl.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { isWord } from '../system-package.ts'

const SnapYaml = z.object({
  name: z.string(),
  version: z.string().optional(),
  architectures: z.unknown().optional(),
  base: z.string().optional(),
  license: z.string().optional(),
})
type SnapYaml = z.infer<typeof SnapYaml>

/** Every revision that is kept is there, whichever of them is in use. */
export default defineCataloger({
  id: 'snap-metadata',
  version: 1,
  ecosystem: 'snap',
  proves: 'installed',
  title: 'installed snaps',
  spec: 'https://documentation.ubuntu.com/snapcraft/stable/reference/snap-yaml-format/',
  files: ['snap/*/*/meta/snap.yaml', 'var/lib/snapd/snap/*/*/meta/snap.yaml'],
  finds: ['packages', 'architectures', 'licences', 'dependencies'],

  async catalog(file) {
    const path = `/${file.path}`
    return [readSnap(parseYamlText(SnapYaml, await file.text(), path), path)]
  },
})

function readSnap({ name, version = '', architectures, base, license }: SnapYaml, path: string): Found {
  if (!isWord(name) || !isWord(version)) return { unknown: { path, reason: 'the snap has no proper name and version' } }
  const architecture = soleArchitecture(architectures)
  const dependencies = base === undefined || base === '' || base === 'none' ? undefined : [base]
  return {
    package: {
      purl: formatPurl({ type: 'snap', name, version, qualifiers: { arch: architecture } }),
      name,
      version,
      ecosystem: 'snap',
      architecture,
      licences: license === undefined || license === '' || license === 'unset' ? undefined : [license],
      dependencies,
      locations: [path],
    },
  }
}

/** A snap for several architectures names none that this one is of. */
function soleArchitecture(architectures: unknown): string | undefined {
  if (!Array.isArray(architectures) || architectures.length !== 1) return undefined
  const [architecture]: readonly unknown[] = architectures
  return typeof architecture === 'string' && isWord(architecture) ? architecture : undefined
}
