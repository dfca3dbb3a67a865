import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Steps } from '../cataloger.ts'
import { distroQualifier } from '../distribution.ts'
import { isWord } from '../system-package.ts'

const Application = z.object({
  Name: z.string(),
  Version: z.string(),
  Release: z.string().optional(),
  Epoch: z.union([z.string(), z.int().transform(String)]).optional(),
  Publisher: z.string().optional(),
  Architecture: z.string().optional(),
})
type Application = z.infer<typeof Application>
const ApplicationInventory = z.object({ Content: z.array(z.unknown()) })

/** The packages are rpms that were put into the image without their database. */
export default defineCataloger({
  id: 'bottlerocket-inventory',
  version: 1,
  ecosystem: 'bottlerocket',
  proves: 'installed',
  title: 'Bottlerocket application inventory',
  spec: 'https://bottlerocket.dev/en/os/latest/#/concepts/variants/',
  files: ['usr/share/bottlerocket/application-inventory.json'],
  finds: ['packages', 'architectures'],

  async catalog(file, context) {
    const path = `/${file.path}`
    return catalogList(parseJson(ApplicationInventory, await file.text(), path).Content, path, context)
  },
})

function* catalogList(list: readonly unknown[], path: string, context: CatalogContext): Steps {
  let incomplete = 0
  for (const item of list) {
    const application = Application.safeParse(item)
    const found = application.success ? packageOf(application.data, path, context) : undefined
    if (found === undefined) incomplete += 1
    else yield { package: found }
  }
  if (incomplete > 0) yield { unknown: { path, reason: `entries without a proper name or version: ${incomplete}` } }
}

function packageOf(application: Application, path: string, { distribution }: CatalogContext): Package | undefined {
  const { Name: name, Version, Release = '', Epoch = '0', Publisher, Architecture } = application
  const version = Release === '' ? Version : `${Version}-${Release}`
  if (!isWord(name) || !isWord(version) || Version === '') return undefined
  const epoch = /^[1-9]\d{0,9}$/.exec(Epoch)?.[0]
  return {
    purl: formatPurl({
      type: 'bottlerocket',
      name,
      version,
      qualifiers: { arch: Architecture, distro: distroQualifier(distribution), epoch },
    }),
    name,
    version: epoch === undefined ? version : `${epoch}:${version}`,
    ecosystem: 'bottlerocket',
    architecture: Architecture,
    vendor: Publisher,
    locations: [path],
  }
}
