import { counted } from '#kit/text.ts'
import { defineCataloger } from '../cataloger.ts'
import { executableFirstBytes } from '../elf/executable.ts'
import type { BuildInfo } from './buildinfo.ts'
import { goPackage } from './go-package.ts'
import { type Module, readModules } from './modules.ts'
import { decodeNote } from './note.ts'
import { probeExecutable } from './probe.ts'

export default defineCataloger({
  id: 'go-binary',
  version: 2,
  ecosystem: 'golang',
  proves: 'installed',
  title: 'Go executables',
  spec: 'https://pkg.go.dev/debug/buildinfo',
  files: [],
  firstBytes: executableFirstBytes,
  probe: probeExecutable,
  finds: ['packages'],

  async catalog(file) {
    const location = `/${file.path}`
    const { infos, reasons } = decodeNote(await file.text(), location)
    const results = infos.map(readInfo)
    const modules = results.flatMap(({ modules: own }) => own)
    const allReasons = new Set([...reasons, ...results.flatMap(({ reasons: own }) => own)])
    return [
      ...modules.map((module) => ({ package: goPackage(module, location) })),
      ...Array.from(allReasons, (reason) => ({ unknown: { path: location, reason } })),
    ]
  },
})

function readInfo({ toolchain, modules: text }: BuildInfo): { modules: readonly Module[]; reasons: readonly string[] } {
  const { linked, unversioned, damagedLines } = readModules(text)
  const release = releaseOf(toolchain)
  const reasons = [
    release === undefined ? `built by ${toolchain}, which is no release of Go` : '',
    unversioned.length > 0 ? withoutVersion(unversioned) : '',
    damagedLines > 0 ? `${counted(damagedLines, 'module')} could not be read` : '',
  ]
  return {
    modules: release === undefined ? linked : [{ path: 'stdlib', version: release }, ...linked],
    reasons: reasons.filter((reason) => reason !== ''),
  }
}

/** `1.20.6` of `go1.20.6-google` or `go1.20.6 X:boringcrypto`: what builders append names the same release. */
function releaseOf(toolchain: string): string | undefined {
  return /^go(\d{1,9}(?:\.\d{1,9}){1,2}(?:(?:alpha|beta|rc)\d{1,9})?)(?![\w.])/.exec(toolchain)?.[1]
}

const namedLimit = 5

/** A replacement from a folder may differ from every version of the module it replaces, so it is judged as none. */
function withoutVersion(paths: readonly string[]): string {
  const more = paths.length > namedLimit ? ` and ${paths.length - namedLimit} more` : ''
  return `linked from a folder, so without a version: ${paths.slice(0, namedLimit).join(', ')}${more}`
}
