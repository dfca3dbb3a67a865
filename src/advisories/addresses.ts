import { basename } from 'node:path'
import { Problem } from '#kit/errors.ts'
import type { AdvisorySource } from './source.ts'

/** Where each source is downloaded from: its own addresses, those of a mirror, or `id=URL` in their place. */
export function downloadAddresses({
  mirror,
  replacements,
}: {
  readonly mirror?: string | undefined
  readonly replacements: readonly string[]
}): (source: AdvisorySource) => AdvisorySource['downloads'] {
  const base = mirror === undefined ? undefined : httpAddress(mirror, '--mirror')
  const replaced = Map.groupBy(replacements.map(parseReplacement), ({ id }) => id)
  return ({ id, downloads }) => {
    const others = replaced.get(id)
    if (others === undefined) {
      return downloads.map(({ url, file }) => ({ url: base === undefined ? url : mirrored(base, url), file }))
    }
    return others.map(({ url }, index) => ({
      url: url.href,
      file: downloads[index]?.file ?? (basename(url.pathname) || 'feed'),
    }))
  }
}

/** `https://host/path?query` becomes `<mirror>/host/path?query`. */
function mirrored(mirror: URL, address: string): string {
  const { host, pathname, search } = new URL(address)
  return `${mirror.href.replace(/\/{1,9}$/, '')}/${host}${pathname}${search}`
}

function parseReplacement(text: string): { readonly id: string; readonly url: URL } {
  const [, id, address] = /^([a-z0-9][a-z0-9.-]{0,63})=(.+)$/s.exec(text) ?? []
  if (id !== undefined && address !== undefined) return { id, url: httpAddress(address, '--source-url') }
  throw new Problem('usage', '--source-url takes a source id and an address', { hint: 'Write it as ID=URL.' })
}

function httpAddress(text: string, flag: string): URL {
  const url = URL.parse(text)
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url
  throw new Problem('usage', `${flag} is not an http:// or https:// address`, { hint: 'Check the address.' })
}
