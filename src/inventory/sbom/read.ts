import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { jsonValue } from '#kit/json.ts'
import { parseXml } from '#kit/xml.ts'
import { parseYaml } from '#kit/yaml.ts'
import { readBomValue } from './cyclonedx/value-reader.ts'
import { readCycloneDxXml } from './cyclonedx/xml-reader.ts'
import type { SbomDocument } from './document.ts'
import { isSbomText } from './recognise.ts'
import { spdxRdfToJson } from './spdx/rdf-reader.ts'
import { tagValueToJson } from './spdx/tag-value-reader.ts'
import { readSpdxValue } from './spdx/value-reader.ts'
import { spdxXmlToJson } from './spdx/xml-reader.ts'
import { readSpdx3 } from './spdx3/reader.ts'
import { readSyft } from './syft/reader.ts'

const headChars = 65_536
const tagValueStart = /^[ \t]{0,20}SPDXVersion:/m
const yamlStart = /^["']?(?:spdxVersion|SPDXID)["']?:/m

/** Reads a bill of materials in any of the formats that we know. Throws `malformed` when it is none or breaks its rules. */
export function readSbom(bytes: Buffer, at: string): SbomDocument {
  const text = decoded(bytes)
  const start = /\S/.exec(text)?.[0]
  if (start === '{') return readJson(jsonValue(text, at), at)
  if (start === '<') return readXml(text, at)
  const head = text.slice(0, headChars)
  if (tagValueStart.test(head)) return readSpdxValue(tagValueToJson(text, at), { at, form: 'tag-value' })
  if (yamlStart.test(head)) {
    return readSpdxValue(parseYaml(z.unknown(), text, at), { at, form: 'YAML' })
  }
  throw unknownFormat(at)
}

/** Whether bytes call themselves a bill of materials, well or badly made. */
export function isSbom(bytes: Buffer): boolean {
  const text = decoded(bytes)
  const head = text.slice(0, headChars)
  return /^\s*[{<]/.test(head) ? isSbomText(text) : tagValueStart.test(head) || yamlStart.test(head)
}

function readJson(value: unknown, at: string): SbomDocument {
  if (hasMember(value, 'bomFormat')) return readBomValue(value, { at, form: 'JSON' })
  if (hasMember(value, 'spdxVersion')) return readSpdxValue(value, { at, form: 'JSON' })
  if (hasMember(value, '@graph')) return readSpdx3(value, at)
  if (hasMember(value, 'artifacts') && hasMember(value, 'descriptor')) return readSyft(value, at)
  throw unknownFormat(at)
}

function readXml(text: string, at: string): SbomDocument {
  const root = parseXml(text, at)
  if (root.localName === 'Document') return readSpdxValue(spdxXmlToJson(root), { at, form: 'XML' })
  if (root.localName === 'RDF') return readSpdxValue(spdxRdfToJson(root), { at, form: 'RDF' })
  if (root.localName === 'bom') return readCycloneDxXml(root, at)
  throw unknownFormat(at)
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

function unknownFormat(at: string): Problem {
  return new Problem('malformed', 'this is no bill of materials in a format that Seawall reads', { at })
}

/** UTF-8, or UTF-16 where a byte order mark says so. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return swapped(bytes.subarray(2)).toString('utf16le')
  return bytes.toString('utf8', isUtf8(bytes) && bytes[0] === 0xef ? 3 : 0)
}

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16()
}
