import { X509Certificate } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readSmallFile } from './small-file.ts'

export interface TrustOptions {
  /** PEM file given by the user. */
  readonly caFile?: string | undefined
  readonly env: Context['env']
  /** Folders with one folder of certificates per registry. */
  readonly certsDirs?: readonly string[] | undefined
}

const usualCertsDirs = ['/etc/docker/certs.d', '/etc/containers/certs.d']
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]{1,100000}-----END CERTIFICATE-----/g

/** PEM certificates to trust for one registry beside the usual authorities; undefined when there are none. */
export async function trustedCertificates(domain: string, options: TrustOptions): Promise<string | undefined> {
  const named = [options.caFile, options.env['SSL_CERT_FILE']].filter((path) => path !== undefined && path !== '')
  const found: string[] = []
  for (const path of named) found.push(await certificatesIn(path ?? ''))
  for (const dir of options.certsDirs ?? usualCertsDirs) {
    for (const path of await certificateFiles(join(dir, domain))) found.push(await certificatesIn(path))
  }
  return found.length === 0 ? undefined : found.join('\n')
}

async function certificateFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => [])
  return names
    .filter((name) => name.endsWith('.crt'))
    .toSorted()
    .map((name) => join(dir, name))
}

async function certificatesIn(path: string): Promise<string> {
  const blocks = (await readSmallFile(path))?.match(pemBlock) ?? []
  const isReadable = blocks.every((block) => {
    try {
      return new X509Certificate(block).subject !== undefined
    } catch {
      return false
    }
  })
  if (blocks.length > 0 && isReadable) return blocks.join('\n')
  throw new Problem('usage', `${path} holds no certificate that can be read`, {
    at: path,
    hint: 'Give a file in PEM form, with -----BEGIN CERTIFICATE-----.',
  })
}
