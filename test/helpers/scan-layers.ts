import { expect } from 'vitest'
import type { AdvisoryIndex } from '#advisories/match.ts'
import { readLayer } from '#image/layer.ts'
import { type ImageLimits, imageLimits } from '#image/limits.ts'
import type { Target } from '#image/target.ts'
import type { Unknown } from '#model/package.ts'
import type { ScanReport } from '#model/report.ts'
import { nothingFound, scan } from '#scan/scan.ts'
import { type Member, tarOf } from './tar-writer.ts'

/** A database that knows every release these tests use and no vulnerability. */
const index: AdvisoryIndex = {
  facts: { digest: 'sha256:0', builtAt: '2026-01-01T00:00:00Z', starter: false, sources: [] },
  namespaces: new Set(['npm', 'go', 'debian-12', 'alpine-3.19', 'alpine-3.20', 'alpine-edge', 'example-9']),
  lookup: () => [],
  kev: () => new Map(),
  cycles: () => [],
}

export interface Scanned {
  /** `name version /location`. */
  readonly packages: readonly string[]
  readonly unknowns: readonly Unknown[]
  readonly report: ScanReport
}

/** Scans layers, bottom first, each given by its members or as the bytes of an archive. */
export async function scanLayers(
  layers: readonly (readonly Member[] | Buffer)[],
  limits: Partial<ImageLimits> = {},
): Promise<Scanned> {
  const context = { signal: AbortSignal.timeout(25_000), env: {}, now: () => new Date(0), progress: () => undefined }
  const archives = layers.map((layer) => (Buffer.isBuffer(layer) ? layer : tarOf(layer)))
  const target: Target = {
    kind: 'docker-archive',
    description: 'layers of a test',
    async read(selector) {
      const options = { selector, limits: { ...imageLimits, ...limits }, signal: context.signal }
      return {
        subject: {
          kind: 'docker-archive',
          name: 'test',
          layers: archives.map((_, number) => ({ index: number, diffId: `sha256:${number}` })),
        },
        layers: await Promise.all(
          archives.map((tar, number) => readLayer([tar], { ...options, name: `layer ${number}` })),
        ),
        unknowns: [],
      }
    },
    async [Symbol.asyncDispose]() {},
  }
  const report = await scan(target, index, { context, version: '0' })
  const packages = report.packages.map(({ name, version, locations }) => `${name} ${version} ${locations.join(' ')}`)
  return { packages, unknowns: report.unknowns, report }
}

/** Name, layers, the packages a container would have, and what is reported as unknown. */
type Row = readonly [
  name: string,
  layers: readonly (readonly Member[])[],
  packages: readonly string[],
  unknowns?: readonly string[],
]

interface Case {
  readonly name: string
  readonly layers: Row[1]
  readonly packages: readonly string[]
  readonly unknowns: readonly string[]
}

/** For `it.each`. */
export function cases(rows: readonly Row[]): Case[] {
  return rows.map(([name, layers, packages, unknowns = []]) => ({ name, layers, packages, unknowns }))
}

export async function expectFound({ layers, packages, unknowns }: Case): Promise<void> {
  const scanned = await scanLayers(layers)
  expect(scanned.packages).toEqual(packages)
  expect(told(scanned)).toEqual(unknowns)
}

/** What is unknown about the files; that there are no packages a test sees by itself. */
export function told({ unknowns }: Scanned): string[] {
  return unknowns.filter((unknown) => unknown !== nothingFound).map(({ path, reason }) => `${path}: ${reason}`)
}

export function file(name: string | Buffer, content = ''): Member {
  return { name, content }
}

export function folder(name: string): Member {
  return { name, type: '5' }
}

export function link(name: string, linkName: string): Member {
  return { name, type: '2', linkName }
}

export function hardLink(name: string, linkName: string): Member {
  return { name, type: '1', linkName }
}

export const debian = file('etc/os-release', 'ID=debian\nVERSION_ID=12\n')
