import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Steps } from '../cataloger.ts'
import { distroQualifier } from '../distribution.ts'
import { isWord } from '../system-package.ts'

const Listed = z.object({
  category: z.string().optional(),
  name: z.string(),
  version: z.string().optional(),
  ebuild_version: z.string().optional(),
})
type Listed = z.infer<typeof Listed>
const PackageInfo = z.object({ installedPackages: z.array(z.unknown()).nullish() })

/** The list also names packages that only built the image; those are not in it. */
export default defineCataloger({
  id: 'cos-packages',
  version: 1,
  ecosystem: 'cos',
  proves: 'installed',
  title: 'Container-Optimized OS packages',
  spec: 'https://cos.googlesource.com/cos/tools/+/refs/heads/master/src/pkg/cos/cos.go',
  files: ['etc/cos-package-info.json'],
  finds: ['packages', 'sources'],

  async catalog(file, context) {
    const path = `/${file.path}`
    return catalogList(parseJson(PackageInfo, await file.text(), path).installedPackages ?? [], path, context)
  },
})

function* catalogList(list: readonly unknown[], path: string, context: CatalogContext): Steps {
  let incomplete = 0
  for (const item of list) {
    const listed = Listed.safeParse(item)
    const found = listed.success ? packageOf(listed.data, path, context) : undefined
    if (found === undefined) incomplete += 1
    else yield { package: found }
  }
  if (incomplete > 0) yield { unknown: { path, reason: `entries without a proper name or version: ${incomplete}` } }
}

/** Its own version numbers the build of the image; the ebuild's says what software it is. */
function packageOf(listed: Listed, path: string, { distribution }: CatalogContext): Package | undefined {
  const { category = '', name, version = '', ebuild_version: upstream = '' } = listed
  const own = version === '' ? upstream : version
  if (!isWord(name) || !isWord(own)) return undefined
  const fullName = isWord(category) ? `${category}/${name}` : name
  return {
    purl: formatPurl({
      type: 'cos',
      namespace: isWord(category) ? category : undefined,
      name,
      version: own,
      qualifiers: { distro: distroQualifier(distribution) },
    }),
    name: fullName,
    version: own,
    ecosystem: 'cos',
    source: isWord(upstream) ? { name: fullName, version: upstream } : undefined,
    locations: [path],
  }
}
