import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Probe } from '#image/entry.ts'
import { Problem } from '#kit/errors.ts'
import { readXz } from '#kit/xz/xz.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { Front } from '../front.ts'
import { textOfMember } from '../packed-text.ts'
import { debPackage, packageFields } from './deb-package.ts'
import { stanzasOf } from './deb822.ts'
import { needsOf } from './relations.ts'

/** A package that lies in the image as it was downloaded. What distribution it is for it does not say. */
export default defineCataloger({
  id: 'deb-file',
  version: 1,
  ecosystem: 'deb',
  proves: 'installed',
  title: '.deb files',
  spec: 'https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html',
  files: [],
  firstBytes: [0x21],
  probe: (head) => (isDeb(head) ? new DebProbe() : undefined),
  finds: ['packages', 'sources', 'architectures', 'dependencies'],

  async catalog(file, context) {
    const path = `/${file.path}`
    const control = await readControl(await file.bytes(), context.signal)
    return [readPackage(control, path, context)]
  },
})

const archiveMagic = '!<arch>\n'
const headerBytes = 60
const controlLimitBytes = 8 * 1024 ** 2
const textLimitBytes = 4 * 1024 ** 2

function isDeb(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 21)).toString('latin1') === `${archiveMagic}debian-binary`
}

/** Keeps the member that describes the package, with its header in front. */
class DebProbe implements Probe {
  readonly #front = new Front((bytes) => controlOf(bytes).end, controlLimitBytes)

  write(chunk: Uint8Array): void {
    this.#front.write(chunk)
  }

  end(): Buffer {
    if (!this.#front.isWhole) throw malformed('the package is cut off before its description ends')
    const { bytes } = this.#front
    const { start, end } = controlOf(bytes)
    return bytes.subarray(start, end)
  }
}

/** deb(5): the version of the format, members that begin with `_` if any, then the description. */
function controlOf(bytes: Buffer): { readonly start: number; readonly end: number } {
  for (let start = archiveMagic.length; ; ) {
    if (bytes.length < start + headerBytes) return { start, end: start + headerBytes }
    const header = bytes.toString('latin1', start, start + headerBytes)
    const size = /^\d{1,10}$/.exec(header.slice(48, 58).trimEnd())?.[0]
    if (size === undefined || !header.endsWith('`\n')) throw malformed('its archive is damaged')
    const end = start + headerBytes + Number(size)
    if (header.startsWith('control.tar')) return { start, end }
    if (!header.startsWith('debian-binary') && !header.startsWith('_')) throw malformed('it has no description')
    start = end + (end % 2)
  }
}

async function readControl(member: Buffer, signal: AbortSignal): Promise<string> {
  const name = member.toString('latin1', 0, 16).trimEnd().replace(/\/$/, '')
  const decompress = decompressors[name]
  if (decompress === undefined) throw malformed(`its description is compressed in an unknown way, as ${name}`)
  const text = await textOfMember(() => decompress(member.subarray(headerBytes)), 'control', signal)
  if (text === undefined) throw malformed('its description is not where it belongs')
  return text
}

const decompressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'control.tar': (bytes) => bytes,
  'control.tar.gz': (bytes) => gunzipSync(bytes, { maxOutputLength: textLimitBytes }),
  'control.tar.xz': (bytes) => readXz(bytes, textLimitBytes),
  'control.tar.zst': (bytes) => zstdDecompressSync(bytes, { maxOutputLength: textLimitBytes }),
}

function readPackage(control: string, path: string, context: CatalogContext): Found {
  const isOfSystem = context.typeOf('var/lib/dpkg') === 'directory'
  const origin = { path, distribution: isOfSystem ? context.distribution : undefined }
  const stanza = stanzasOf(control, fields).find((one) => one !== undefined)
  const found = stanza === undefined ? undefined : debPackage(stanza, origin)
  if (stanza === undefined || found === undefined) {
    return { unknown: { path, reason: 'the package has no proper name or version' } }
  }
  const needs = [...needsOf(stanza.get('pre-depends')), ...needsOf(stanza.get('depends'))]
  const dependencies = new Set(needs.flatMap(([first]) => first ?? []))
  return { package: { ...found, dependencies: dependencies.size === 0 ? undefined : [...dependencies] } }
}

const fields: ReadonlySet<string> = new Set([...packageFields, 'depends', 'pre-depends'])

function malformed(message: string): Problem {
  return new Problem('malformed', message)
}
