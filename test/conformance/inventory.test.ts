import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { imageLimits } from '#image/limits.ts'
import { openTarget } from '#image/open.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog, type Inventory } from '#inventory/inventory.ts'
import { catalogers } from '#inventory/registry.generated.ts'
import { selectorFor } from '#inventory/selector.ts'
import { describeShared, shared } from '../helpers/components.ts'

let all: readonly Cataloger[] = []

beforeAll(async () => {
  all = await Promise.all(Object.values(catalogers).map(async (load) => (await load()).default))
})

async function inventoryOf(argument: string): Promise<Inventory> {
  const { signal } = new AbortController()
  const context = { signal, env: {}, now: () => new Date(0), progress: () => undefined }
  await using target = await openTarget(argument, { offline: true, insecure: false, limits: imageLimits }, context)
  const { layers } = await target.read(selectorFor(all))
  return await catalog(overlay(layers), { catalogers: all, layers, signal })
}

/** Rows of a table without comments and without its heading. */
function rows(file: string, heading: 0 | 1): string[][] {
  const lines = readFileSync(shared('images', 'expected', file), 'utf8').split('\n')
  const told = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return told.slice(heading).map((line) => line.split('\t'))
}

function debPackages({ packages }: Inventory): string[] {
  return packages
    .filter(({ ecosystem }) => ecosystem === 'deb')
    .map(({ name, version, source, architecture }) =>
      [name, version, source?.name, source?.version, architecture].join('\t'),
    )
    .toSorted()
}

describeShared('inventories of real images', () => {
  it.each([
    ['debian-12.15-slim', 'acme/debian:12.15-slim'],
    ['shop-api-1.4.2', 'acme/shop-api:1.4.2'],
  ])('%s has the packages that dpkg-query saw', async (name, reference) => {
    const inventory = await inventoryOf(`oci:${shared('images', 'oci')}:${reference}`)
    const expected = rows(`${name}.dpkg.tsv`, 0).map((row) => row.join('\t'))
    expect(debPackages(inventory)).toEqual(expected.toSorted())
    expect(inventory).toMatchObject({ unknowns: [], missing: [], distribution: { id: 'debian', versionId: '12' } })
  })

  it('shop-api has each vulnerable npm package where it lies', async () => {
    const { packages } = await inventoryOf(`oci:${shared('images', 'oci')}:acme/shop-api:1.4.2`)
    const npm = packages.filter(({ ecosystem }) => ecosystem === 'npm')
    const found = new Set(npm.map(({ name, version, locations }) => `${name}@${version} ${locations[0]}`))
    const expected = rows('shop-api-1.4.2.npm-expected.tsv', 1).map(
      ([, name, version, , path]) => `${name}@${version} ${path}/package.json`,
    )
    expect(expected.length).toBeGreaterThan(50)
    expect(expected.filter((text) => !found.has(text))).toEqual([])
    expect(npm).toHaveLength(229)
  })

  it.each([
    ['snyk-containerd-alpine.tar', 'alpine', '3.14.9', 14],
    ['snyk-npm7-with-node-modules-only.tar', 'alpine', '3.19.1', 97],
    ['snyk-dockergoof.tar', 'debian', '8', 381],
    ['snyk-nginx-os-release-link.tar', 'debian', '10', 84],
  ])('%s is %s %s with %i packages', async (file, id, versionId, count) => {
    const { distribution, packages } = await inventoryOf(shared('images', 'real', file))
    expect(distribution).toMatchObject({ id, versionId })
    expect(packages.filter(({ ecosystem }) => ecosystem !== 'generic')).toHaveLength(count)
  })

  it.each([
    // All of these are of apk's packages, and no packages of their own.
    ['snyk-containerd-alpine.tar', []],
    ['snyk-npm7-with-node-modules-only.tar', []],
    ['snyk-containerd-busybox.amd64.tar', ['busybox 1.36.1', 'glibc 2.36']],
    ['snyk-oci-busybox-1.31.1.tar', ['busybox 1.31.1']],
    ['snyk-nginx.tar', []],
  ])('%s has programs and libraries that are known by their content: %o', async (file, expected) => {
    const { packages } = await inventoryOf(shared('images', 'real', file))
    const known = packages.filter(({ ecosystem }) => ecosystem === 'generic')
    expect([...new Set(known.map(({ name, version }) => `${name} ${version}`))]).toEqual(expected)
  })

  it('has no word about the executables of an image whose packages own them, and says what it knows of each', async () => {
    const { executables, unknowns } = await inventoryOf(shared('images', 'real', 'snyk-containerd-alpine.tar'))
    expect(unknowns).toEqual([])
    expect(executables.map(({ path }) => path)).toContain('/sbin/apk')
    expect(executables.find(({ path }) => path === '/lib/libssl.so.1.1')).toMatchObject({
      format: 'elf',
      kind: 'library',
      soname: 'libssl.so.1.1',
      needed: ['libcrypto.so.1.1', 'libc.musl-x86_64.so.1'],
    })
  })
})
