import { z } from 'zod'
import type { Probe } from '#image/entry.ts'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Front } from '../front.ts'
import { type RpmHeader, readHeader } from './rpm-header.ts'
import { rpmPackage } from './rpm-package.ts'
import { malformed } from './stored-header.ts'

/** A package that lies in the image as it was downloaded. What distribution it is for it does not say. */
export default defineCataloger({
  id: 'rpm-file',
  version: 1,
  ecosystem: 'rpm',
  proves: 'installed',
  title: '.rpm files',
  spec: 'https://rpm-software-management.github.io/rpm/manual/format_v4.html',
  files: [],
  firstBytes: [0xed],
  probe: (head) => (isRpm(head) ? new RpmProbe() : undefined),
  finds: ['packages', 'sources', 'architectures', 'licences'],

  async catalog(file, context) {
    const path = `/${file.path}`
    const header = parseJson(KeptHeader, await file.text(), path)
    if (header.sourceRpm === undefined) {
      return [{ unknown: { path, reason: 'a source package: what was built from it is not judged' } }]
    }
    const isOfSystem = databases.some((database) => context.typeOf(database) === 'file')
    return [{ package: rpmPackage(header, { path, distribution: isOfSystem ? context.distribution : undefined }) }]
  },
})

const databases = ['var/lib/rpm', 'usr/lib/sysimage/rpm'].flatMap((folder) =>
  ['rpmdb.sqlite', 'Packages.db', 'Packages'].map((name) => `${folder}/${name}`),
)

const leadBytes = 96
const introBytes = 16
const headerLimitBytes = 32 * 1024 ** 2

function isRpm(head: Uint8Array): boolean {
  return head[0] === 0xed && head[1] === 0xab && head[2] === 0xee && head[3] === 0xdb
}

class RpmProbe implements Probe {
  readonly #front = new Front(neededBytes, headerLimitBytes)

  write(chunk: Uint8Array): void {
    this.#front.write(chunk)
  }

  end(): Buffer {
    if (!this.#front.isWhole) throw malformed('the package is cut off inside its header')
    const { bytes } = this.#front
    return Buffer.from(JSON.stringify(readHeader(bytes.subarray(mainStart(bytes) + 8))))
  }
}

/** Lead, header of signatures, filled up to eight bytes, header of the package. */
function neededBytes(bytes: Buffer): number {
  if (bytes.length < leadBytes + introBytes) return leadBytes + introBytes
  const start = mainStart(bytes)
  return bytes.length < start + introBytes ? start + introBytes : headerEnd(bytes, start)
}

function mainStart(bytes: Buffer): number {
  const end = headerEnd(bytes, leadBytes)
  return end + ((8 - ((end - leadBytes) % 8)) % 8)
}

function headerEnd(bytes: Buffer, start: number): number {
  if (bytes.readUInt32BE(start) !== 0x8e_ad_e8_01) throw malformed('it has no header where that of a package begins')
  return start + introBytes + 16 * bytes.readUInt32BE(start + 8) + bytes.readUInt32BE(start + 12)
}

const text = z.string().optional()
/** What the probe made of the file. */
const KeptHeader = z
  .object({
    name: z.string(),
    version: z.string(),
    release: z.string(),
    epoch: z.int().optional(),
    architecture: text,
    sourceRpm: text,
    vendor: text,
    license: text,
    modularityLabel: text,
  })
  .transform(
    ({ epoch, architecture, sourceRpm, vendor, license, modularityLabel, ...rest }): RpmHeader => ({
      ...rest,
      epoch,
      architecture,
      sourceRpm,
      vendor,
      license,
      modularityLabel,
    }),
  )
