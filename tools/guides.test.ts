/** What the guides show works as it stands there. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog } from '#inventory/inventory.ts'

const root = resolve(import.meta.dirname, '..')
const folder = join(root, '.cache/guides')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Code blocks of one language, in their order. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, name, code = '']) =>
    name === language ? [code] : [],
  )
}

it('docs/guides/add-a-cataloger.md adds a cataloger', async () => {
  const page = 'docs/guides/add-a-cataloger.md'
  const [code = ''] = blocksOf(page, 'ts')
  const [properties = ''] = blocksOf(page, 'properties')
  const text = readFileSync(join(root, page), 'utf8')
  const [, path = ''] = /^Of `([^`]+)` with$/m.exec(text) ?? []
  const [, purl] = /^it makes `([^`]+)`\.$/m.exec(text) ?? []
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'arduino-library.cataloger.ts')
  writeFileSync(file, code.replace("'../cataloger.ts'", "'#inventory/cataloger.ts'"))
  const { default: cataloger } = (await import(pathToFileURL(file).href)) as { default: Cataloger }
  const content = Buffer.from(properties)
  const common = { mode: 0o644, uid: 0, gid: 0 }
  const entries = [{ ...common, path, type: 'file' as const, size: content.length, content }]
  const tree = overlay([{ entries, unknowns: [], bytes: 0 }])
  const { packages, unknowns } = await catalog(tree, { catalogers: [cataloger], signal: AbortSignal.timeout(10_000) })
  expect(unknowns).toEqual([])
  expect(packages.map((found) => found.purl)).toEqual([purl])
})
