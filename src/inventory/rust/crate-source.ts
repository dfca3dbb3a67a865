import type { Purl } from '#model/purl.ts'
import { repositoryUrl } from '../repository-url.ts'

/** Where a crate came from other than crates.io, as Cargo writes it: `git+https://…?branch=x#commit`, `registry+https://…`. */
export function crateQualifiers(source: string): Purl['qualifiers'] {
  const [, kind, rest = ''] = /^(git|registry|sparse)\+([!-~]{1,2000})$/.exec(source) ?? []
  const [, commit] = rest.split('#', 2)
  const address = repositoryUrl(rest)
  if (kind === 'git') return { vcs_url: `git+${address}${commit === undefined ? '' : `@${commit}`}` }
  if (kind === undefined || cratesIo.test(address)) return {}
  return { repository_url: address }
}

const cratesIo = /^(?:https:\/\/github\.com\/rust-lang\/crates\.io-index|https:\/\/index\.crates\.io)\/?$/
