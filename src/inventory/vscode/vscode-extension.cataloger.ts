import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText, texts } from '../members.ts'

const Metadata = z.object({ targetPlatform: optionalText }).optional().catch(undefined)
const Manifest = z.object({
  publisher: optionalText,
  name: optionalText,
  version: optionalText,
  license: optionalText,
  extensionDependencies: texts,
  __metadata: Metadata,
})

/** Those of Visual Studio Code, its server and its relatives; what an editor brings itself is part of it. */
export default defineCataloger({
  id: 'vscode-extension',
  version: 1,
  ecosystem: 'vscode-extension',
  proves: 'installed',
  title: 'Visual Studio Code extensions (extensions/*/package.json)',
  spec: 'https://code.visualstudio.com/api/references/extension-manifest',
  files: ['**/extensions/*/package.json'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    if (!/(?:^|\/)(?:\.(?:vscode|cursor|windsurf)[^/]*|code-server)\/extensions\//.test(file.path)) return []
    return [installed(await file.text(), `/${file.path}`)]
  },
})

function installed(text: string, location: string): Found {
  const manifest = parseJson(Manifest, text.replace(/^\uFEFF/, ''), location)
  const { publisher = '', name = '', version = '', license, extensionDependencies: dependencies } = manifest
  const { __metadata: { targetPlatform: platform } = {} } = manifest
  const isSpecific = platform !== undefined && platform !== 'universal' && platform !== 'undefined'
  const found =
    /^[\w-]{1,200}$/.test(publisher) && /^[\w.-]{1,200}$/.test(name)
      ? listedPackage(
          {
            name: `${publisher}.${name}`,
            version,
            ecosystem: 'vscode-extension',
            licences: license === undefined ? [] : [license],
            dependencies,
            purl: { namespace: publisher, name, qualifiers: { platform: isSpecific ? platform : undefined } },
          },
          location,
        )
      : undefined
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'it does not name a publisher, an extension and its version' } }
}
