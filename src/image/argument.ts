import { existsSync, statSync } from 'node:fs'
import { Problem } from '#kit/errors.ts'
import type { Selection } from './image-pieces.ts'
import { digestPattern } from './manifest.ts'

/** Where the user says that the image is. */
export type Place = 'docker-archive' | 'oci-archive' | 'layout' | 'rootfs' | 'fs' | 'docker' | 'podman' | 'registry'

const prefixes: Readonly<Record<string, Place>> = {
  'docker-archive:': 'docker-archive',
  'oci-archive:': 'oci-archive',
  'oci-dir:': 'layout',
  'oci:': 'layout',
  'rootfs:': 'rootfs',
  'dir:': 'rootfs',
  'fs:': 'fs',
  'docker://': 'registry',
  'registry:': 'registry',
  'docker:': 'docker',
  'podman:': 'podman',
}

const longestArgument = 8192

/** Takes a prefix such as `oci:` off. Without one the place is for us to find. */
export function parsePrefix(argument: string): { readonly place: Place | undefined; readonly rest: string } {
  if (argument.length > longestArgument || argument.includes('\0')) {
    throw new Problem('usage', 'the name of the image is too long, or has a NUL character in it')
  }
  const prefix = Object.keys(prefixes).find((one) => argument.startsWith(one))
  if (prefix === undefined) {
    if (argument !== '') return { place: undefined, rest: argument }
    throw new Problem('usage', 'the name of the image is empty')
  }
  const rest = argument.slice(prefix.length)
  if (rest !== '') return { place: prefixes[prefix], rest }
  throw new Problem('usage', `nothing follows ${prefix}`, { hint: `Write it as ${prefix}NAME.` })
}

export interface ExistingPath {
  readonly path: string
  readonly isDirectory: boolean
  readonly selection: Selection
}

/** Reads `path`, `path:tag`, `path@sha256:…` and `path@0`: the longest beginning that exists is the path. */
export function findPath(text: string): ExistingPath | undefined {
  for (const end of endsOf(text)) {
    const path = text.slice(0, end)
    if (path === '' || !existsSync(path)) continue
    const selection = parseSelection(text.slice(end))
    if (selection !== undefined) return { path, isDirectory: statSync(path).isDirectory(), selection }
  }
  return undefined
}

/** Whether the user can only have meant a path. */
export function looksLikePath(text: string): boolean {
  return /^(?:\.{0,2}\/|~|\.{1,2}$)/.test(text) || /\.(?:tar|tgz|tar\.gz|tar\.zst|tzst)(?:$|[:@])/i.test(text)
}

/** Where the path may end, the whole text first. */
function endsOf(text: string): number[] {
  const ends = [...text.matchAll(/[:@]/g)].map(({ index }) => index)
  return [text.length, ...ends.toReversed()]
}

function parseSelection(suffix: string): Selection | undefined {
  if (suffix === '') return { kind: 'any' }
  const rest = suffix.slice(1)
  if (rest === '') return undefined
  if (suffix.startsWith(':')) return { kind: 'tag', tag: rest }
  if (/^[0-9]{1,6}$/.test(rest)) return { kind: 'position', position: Number(rest) }
  return digestPattern.test(rest) ? { kind: 'digest', digest: rest } : undefined
}
