import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText } from '../members.ts'

const Manifest = z.object({ version: optionalText })

/** A profile of a browser keeps every extension in a folder of its id and version. */
export default defineCataloger({
  id: 'chrome-extension',
  version: 1,
  ecosystem: 'chrome-extension',
  proves: 'installed',
  title: 'Chrome and Chromium extensions (Extensions/*/*/manifest.json)',
  spec: 'https://developer.chrome.com/docs/extensions/reference/manifest',
  files: ['**/Extensions/*/*/manifest.json'],
  finds: ['packages'],

  async catalog(file) {
    const id = /(?:^|\/)Extensions\/([a-p]{32})\/[^/]+\/manifest\.json$/.exec(file.path)?.[1]
    return id === undefined ? [] : [installed(id, await file.text(), `/${file.path}`)]
  },
})

function installed(id: string, text: string, location: string): Found {
  const { version = '' } = parseJson(Manifest, text.replace(/^\uFEFF/, ''), location)
  const isVersion = /^\d{1,10}(?:\.\d{1,10}){0,3}$/.test(version)
  const found = isVersion ? listedPackage({ name: id, version, ecosystem: 'chrome-extension' }, location) : undefined
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'it does not say its version' } }
}
