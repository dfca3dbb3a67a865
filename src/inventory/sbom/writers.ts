import type { CycloneDxVersion } from './cyclonedx/versions.ts'
import type { SbomDocument } from './document.ts'
import type { SbomFormatId } from './format-ids.ts'

/** Makes the whole output, which ends with a newline. Only CycloneDX has versions to choose from. */
type SbomWriter = (document: SbomDocument, version: CycloneDxVersion) => Promise<string>

/** Each is loaded when it is asked for. */
export const sbomWriters: Readonly<Record<SbomFormatId, SbomWriter>> = {
  'cyclonedx-json': async (document, version) =>
    (await import('./cyclonedx/json-writer.ts')).cycloneDxJson(document, version),
  'cyclonedx-xml': async (document, version) =>
    (await import('./cyclonedx/xml-writer.ts')).cycloneDxXml(document, version),
  'spdx-json': async (document) => (await import('./spdx/json-writer.ts')).spdxJson(document),
  'spdx-tag-value': async (document) => (await import('./spdx/tag-value-writer.ts')).spdxTagValue(document),
  'spdx3-json': async (document) => (await import('./spdx3/json-writer.ts')).spdx3Json(document),
}
