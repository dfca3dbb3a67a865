import type { Package } from '#model/package.ts'
import { type Origin, type Source, systemPackage } from '../system-package.ts'
import type { Stanza } from './deb822.ts'

/** Fields of `debPackage`. */
export const packageFields = ['package', 'version', 'source', 'architecture', 'maintainer'] as const

/** `undefined` when it has no proper name or version. */
export function debPackage(stanza: Stanza, origin: Origin): Package | undefined {
  const name = stanza.get('package') ?? ''
  const version = stanza.get('version') ?? ''
  return systemPackage(
    {
      name,
      version,
      ecosystem: 'deb',
      source: readSource(stanza.get('source') ?? '', name, version),
      architecture: stanza.get('architecture'),
      vendor: stanza.get('maintainer'),
    },
    origin,
  )
}

/** `Source: name (version)`; each part is left out where it equals the package's own. */
function readSource(field: string, name: string, version: string): Source {
  const [, sourceName, sourceVersion] = /^([!-~]{1,400})(?:\s{1,20}\(([!-~]{1,400})\))?$/.exec(field) ?? []
  return { name: sourceName ?? name, version: sourceVersion ?? version }
}
