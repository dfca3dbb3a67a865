import type { XmlElement } from '#kit/xml.ts'

/** The JSON arrangement of the XML form, which writes each item of a list as an element of its own. */
export function spdxXmlToJson(element: XmlElement): unknown {
  if (element.children.length === 0) return valueOf(element)
  const members: Record<string, unknown> = {}
  for (const [name, elements] of Map.groupBy(element.children, (child) => child.localName)) {
    const values = elements.map(spdxXmlToJson)
    members[name] = lists.has(name) ? values : values[0]
  }
  return members
}

const flags = new Set(['filesAnalyzed'])

const lists = new Set([
  'creators',
  'externalDocumentRefs',
  'hasExtractedLicensingInfos',
  'annotations',
  'revieweds',
  'packages',
  'files',
  'snippets',
  'relationships',
  'documentDescribes',
  'checksums',
  'externalRefs',
  'attributionTexts',
  'seeAlsos',
  'crossRefs',
  'hasFiles',
  'licenseInfoFromFiles',
  'licenseInfoInFiles',
  'licenseInfoInSnippets',
  'fileTypes',
  'fileContributors',
  'fileDependencies',
  'artifactOfs',
  'ranges',
  'packageVerificationCodeExcludedFiles',
])

function valueOf({ localName, text }: XmlElement): unknown {
  return flags.has(localName) && /^(?:true|false)$/.test(text) ? text === 'true' : text
}
