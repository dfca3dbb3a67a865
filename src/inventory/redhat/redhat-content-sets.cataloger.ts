import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { isWord } from '../system-package.ts'

const ContentManifest = z.object({ content_sets: z.array(z.unknown()).nullish() })

/**
 * Advisories of Red Hat hold for product streams, which the repositories tell that an image was built from. Each image in
 * the chain leaves a list of its own.
 */
export default defineCataloger({
  id: 'redhat-content-sets',
  version: 1,
  ecosystem: 'rpm',
  proves: 'installed',
  title: 'Red Hat content manifests',
  spec: 'https://github.com/containerbuildsystem/atomic-reactor/blob/master/atomic_reactor/schemas/content_manifest.json',
  files: ['root', 'usr/share'].flatMap((folder) => [
    `${folder}/buildinfo/content_manifests/*.json`,
    `${folder}/buildinfo/content-sets.json`,
  ]),
  finds: [],

  async catalog(file) {
    const path = `/${file.path}`
    const sets = parseJson(ContentManifest, await file.text(), path).content_sets ?? []
    const contentSets = sets.filter((set) => typeof set === 'string').filter(isWord)
    const damaged = sets.length - contentSets.length
    const reason = `content sets that are no names of repositories: ${damaged}`
    return [
      { origin: { contentSets: contentSets.map(withoutMajor) } },
      ...(damaged > 0 ? [{ unknown: { path, reason } }] : []),
    ]
  },
})

/** `rhel-8-for-x86_64-baseos-rpms__8` is the same as without its end; `…__9_DOT_2` is another repository. */
function withoutMajor(set: string): string {
  return set.replace(/__\d{1,4}$/, '')
}
