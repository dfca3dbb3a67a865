import { createReadStream, existsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { SbomDocument } from '#inventory/sbom/document.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'
import { sortedUnknowns, type TargetInventory } from './inventory.ts'

const prefix = 'sbom:'
const sizeLimitBytes = 128 * 1024 * 1024
const headBytes = 4096

/** A bill of materials that somebody names in place of an image. */
export interface SbomTarget {
  /** What was found, for the user: `./app.cdx.json, a CycloneDX 1.6 JSON document`. */
  readonly description: string
  readonly inventory: TargetInventory
}

/** Reads the file that `sbom:PATH` names, or any file that calls itself one; `undefined` for everything else. */
export async function openSbom(argument: string, { signal }: Context): Promise<SbomTarget | undefined> {
  const isNamed = argument.startsWith(prefix) && !existsSync(argument)
  const path = isNamed ? argument.slice(prefix.length) : argument
  if (!isFile(path)) {
    if (isNamed) throw new Problem('target_unreachable', 'no such file', { at: path })
    return undefined
  }
  if (!isNamed && (statSync(path).size > sizeLimitBytes || !(await beginsLikeDocument(path)))) return undefined
  const { isSbom, readSbom } = await import('#inventory/sbom/read.ts')
  const bytes = await readAll(createReadStream(path, { signal }), sizeLimitBytes, path)
  if (!isNamed && !isSbom(bytes)) return undefined
  const document = readSbom(bytes, path)
  const inventory = await inventoryOf(document, path)
  return { description: `${path}, a ${document.format} document`, inventory }
}

function isFile(path: string): boolean {
  return path !== '' && !path.includes('\0') && existsSync(path) && statSync(path).isFile()
}

/** No image archive begins with what JSON, XML, YAML and tag-value documents begin with. */
async function beginsLikeDocument(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  const head = buffer.subarray(0, bytesRead)
  if (head.toString('latin1', 257, 262) === 'ustar') return false
  const text = head
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
  return /^\s*[{<]/.test(text) || /^["']?(?:SPDXVersion|spdxVersion|SPDXID)["']?:/m.test(text)
}

async function inventoryOf(document: SbomDocument, path: string): Promise<TargetInventory> {
  const { packagesOf } = await import('#inventory/sbom/packages.ts')
  const { distribution, packages, unknowns } = packagesOf(document)
  return {
    subject: { kind: 'sbom', name: path, layers: [] },
    distribution,
    packages,
    unknowns: sortedUnknowns(unknowns),
    catalogers: [{ id: 'sbom', files: 1, packages: packages.length }],
    reading: { layers: { total: 0, read: 0 }, bytes: 0, entries: 0 },
  }
}
