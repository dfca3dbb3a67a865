import { Problem } from '#kit/errors.ts'
import { jsonValue } from '#kit/json.ts'
import { parseXml, type XmlElement } from '#kit/xml.ts'

/** What a document that cannot be parsed says near its beginning, where it was a bill of materials before it was damaged. */
const damaged = /"(?:bomFormat|spdxVersion)"\s{0,20}:|cyclonedx\.org\/schema\/bom|spdx\.org\/(?:rdf|schema)\//
const headChars = 4096

/** Whether JSON or XML text calls itself a bill of materials; it may still break the rules of its format. */
export function isSbomText(text: string): boolean {
  const start = /\S/.exec(text)?.[0]
  try {
    if (start === '{') return isSbomValue(jsonValue(text, ''))
    return start === '<' && isSbomElement(parseXml(text, ''))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return damaged.test(text.slice(0, headChars))
  }
}

function isSbomValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: string) => Object.hasOwn(value, name)
  if (has('bomFormat') || has('spdxVersion')) return true
  if (has('@graph')) return '@context' in value && JSON.stringify(value['@context']).includes('spdx.org/')
  return has('artifacts') && has('descriptor')
}

function isSbomElement({ localName, attributes, children }: XmlElement): boolean {
  const namespaces = Object.entries(attributes).flatMap(([name, value]) => (/^xmlns(?::|$)/.test(name) ? [value] : []))
  if (localName === 'bom') return namespaces.some((uri) => /\bcyclonedx\.org\/schema\/bom/.test(uri))
  if (localName === 'RDF') return namespaces.some((uri) => /\bspdx\.org\/rdf\/terms/.test(uri))
  return localName === 'Document' && children.some((child) => /^(?:SPDXID|spdxVersion)$/.test(child.localName))
}
