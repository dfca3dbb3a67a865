import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText } from '../members.ts'

const Needed = z.object({ full_name: z.string() })
const Receipt = z.object({
  arch: optionalText,
  runtime_dependencies: z.array(z.unknown()).nullish().catch(undefined),
  source: z.object({ tap: optionalText }).optional().catch(undefined),
})

/** The folders of the Cellar name the formula and its version, the receipt in it the tap it came from. */
export default defineCataloger({
  id: 'homebrew-receipt',
  version: 1,
  ecosystem: 'brew',
  proves: 'installed',
  title: 'Homebrew packages (Cellar/*/*/INSTALL_RECEIPT.json)',
  spec: 'https://docs.brew.sh/Formula-Cookbook',
  files: ['**/Cellar/*/*/INSTALL_RECEIPT.json'],
  finds: ['packages', 'architectures', 'dependencies'],

  async catalog(file) {
    const [, name = '', version = ''] = /\/?Cellar\/([^/]+)\/([^/]+)\/INSTALL_RECEIPT\.json$/.exec(file.path) ?? []
    return [installed({ name, version }, await file.text(), `/${file.path}`)]
  },
})

interface Keg {
  readonly name: string
  readonly version: string
}

function installed({ name, version }: Keg, text: string, location: string): Found {
  const { arch: architecture, runtime_dependencies: needed, source } = parseJson(Receipt, text, location)
  const dependencies = (needed ?? []).flatMap((value) => Needed.safeParse(value).data?.full_name ?? [])
  const isCore = source?.tap === undefined || source.tap === 'homebrew/core'
  const namespace = isCore ? undefined : source.tap
  const listed = { name, version, ecosystem: 'brew', architecture, dependencies } as const
  const found = listedPackage({ ...listed, purl: { namespace } }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its folders do not name a formula and its version' } }
}
