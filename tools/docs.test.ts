/** What the documentation says of the tree is true. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problems } from '#kit/errors.ts'
import { layers } from './lint/layers.ts'

const root = resolve(import.meta.dirname, '..')
const pages = ['*.md', 'docs/**/*.md', 'examples/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .toSorted()

function page(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

describe('docs/dependencies.md', () => {
  const manifest = JSON.parse(page('package.json')) as Record<string, Record<string, string>>
  const [runtime = '', development = ''] = page('docs/dependencies.md').split('## Development only')

  it('justifies each runtime dependency and no other', () => {
    const rows = [...runtime.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)
    expect(new Set(rows)).toEqual(new Set(Object.keys(manifest['dependencies'] ?? {})))
  })

  it('names each development dependency', () => {
    const named = new Set([...development.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    const missing = Object.keys(manifest['devDependencies'] ?? {}).filter(
      (name) => !named.has(name) && !name.startsWith('@types/'),
    )
    expect(missing).toEqual([])
  })

  it('pins exact versions', () => {
    const versions = Object.values({ ...manifest['dependencies'], ...manifest['devDependencies'] })
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})

describe('docs/architecture.md', () => {
  const folders = readdirSync(join(root, 'src'))

  it.each(folders)('has a room for src/%s, and so has the layer table', (folder) => {
    expect(page('docs/architecture.md')).toContain(`\`src/${folder}/\``)
    expect(Object.keys(layers)).toContain(folder)
  })
})

it('docs/report-format.md lists every exit code', () => {
  const rows = page('docs/report-format.md').matchAll(/^\| ([\d, ]+) \|/gm)
  const listed = new Set([...rows].flatMap(([, codes = '']) => codes.split(', ')))
  const needed = ['0', '1', '8', '70', '130', '143', ...Object.values(problems).map(({ exit }) => String(exit))]
  expect(needed.filter((code) => !listed.has(code))).toEqual([])
})

it.each(pages)('%s links to files that exist', (path) => {
  const targets = [...page(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([])
})
