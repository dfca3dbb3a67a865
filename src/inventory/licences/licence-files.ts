import type { Cataloger } from '../cataloger.ts'
import { copyrightLicences, type FoundLicence, recognised } from './copyright-file.ts'
import { Recogniser } from './recognition.ts'

export interface LicenceFile {
  /** Absolute in the subject. */
  readonly path: string
  /** None where no known licence was recognised in it. */
  readonly licences: readonly FoundLicence[]
}

/** Longer files hold more than licences. */
const sizeLimitBytes = 1024 * 1024

const names = [
  'LICENSE',
  'LICENCE',
  'COPYING',
  'License',
  'license',
  'NOTICE',
  'UNLICENSE',
  'LICENSE-MIT',
  'LICENSE-APACHE',
]
const endings = ['', '.txt', '.md']

/**
 * A reader for licence files that lie beside the metadata of packages. It is none of the registered ones: it finds no
 * packages, and what it wants is read only for `seawall licences`. What it found is told by `files` afterwards.
 */
export function licenceFileReader(): { readonly cataloger: Cataloger; readonly files: () => readonly LicenceFile[] } {
  const files = new Map<string, LicenceFile>()
  let recogniser: Recogniser | undefined
  const cataloger: Cataloger = {
    id: 'licence-files',
    version: 1,
    ecosystem: 'several',
    proves: 'installed',
    title: 'licence files of packages',
    spec: 'https://spdx.org/licenses/',
    files: globs(),
    finds: [],

    async catalog(file) {
      const bytes = await file.bytes()
      const path = `/${file.path}`
      if (bytes.length > sizeLimitBytes)
        return [{ unknown: { path, reason: 'this licence file is larger than 1 MiB' } }]
      recogniser ??= new Recogniser()
      const text = bytes.toString('utf8')
      const isCopyright = /^usr\/share\/doc\/[^/]{1,255}\/copyright$/.test(file.path)
      files.set(path, {
        path,
        licences: isCopyright ? copyrightLicences(text, recogniser) : recognised(text, recogniser),
      })
      return []
    },
  }
  return { cataloger, files: () => [...files.values()] }
}

function globs(): readonly string[] {
  const beside = names.flatMap((name) => endings.map((ending) => name + ending))
  const folders = [
    '**/node_modules/*',
    '**/node_modules/*/*',
    '**/*.dist-info',
    '**/*.dist-info/licenses',
    '**/*.egg-info',
  ]
  return [
    ...folders.flatMap((folder) => beside.map((name) => `${folder}/${name}`)),
    '**/*.dist-info/licenses/*',
    '**/*.dist-info/licenses/*/*',
    'usr/share/doc/*/copyright',
    'usr/share/licenses/*/*',
  ]
}
