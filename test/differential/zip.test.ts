import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readEntry, viewOf, zipEntries } from '#kit/zip.ts'
import { describeWith } from '../helpers/components.ts'

const limits = { entries: 100_000, directoryBytes: 1e8 }

/** A folder of files, packed by the program. */
function packed(pack: (folder: string) => void): { readonly zip: Buffer; readonly files: ReadonlyMap<string, string> } {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-zip-'))
  const files = new Map(
    Array.from({ length: 300 }, (_, index) => [`d${index % 7}/f${index}`, `${index} `.repeat(index)]),
  )
  for (const [name, content] of files) {
    mkdirSync(join(folder.path, 'in', name, '..'), { recursive: true })
    writeFileSync(join(folder.path, 'in', name), content)
  }
  pack(folder.path)
  return { zip: readFileSync(join(folder.path, 'out')), files }
}

function contentsOf(zip: Buffer): Map<string, string> {
  const view = viewOf(zip)
  const entries = [...zipEntries(view, limits)].filter(({ name }) => !/\/$|^META-INF/.test(name))
  return new Map(entries.map((entry) => [entry.name, readEntry(view, entry, 1e6).toString()]))
}

describeWith(['zip'], 'archives made by zip', () => {
  it.each<[string, string]>([
    ['compressed', 'cd in && zip -qr ../out.zip . && mv ../out.zip ../out'],
    ['stored', 'cd in && zip -qr0 ../out.zip . && mv ../out.zip ../out'],
    ['as a stream, with 64-bit fields', 'cd in && zip -qr - . | cat > ../out'],
    ['behind a script', 'cd in && zip -qr ../out.zip . && (echo "#!/bin/sh"; cat ../out.zip) > ../out'],
    [
      'behind a script that it knows of',
      'cd in && zip -qr ../out.zip . && (echo "#!/bin/sh"; cat ../out.zip) > ../out && mv ../out ../o.zip && zip -qA ../o.zip && mv ../o.zip ../out',
    ],
  ])('are read: %s', (_, script) => {
    const { zip, files } = packed((cwd) => execFileSync('sh', ['-c', script], { cwd }))
    expect(contentsOf(zip)).toEqual(files)
  })
})

describeWith(['jar'], 'archives made by jar', () => {
  it.each(['--create', '--create --no-compress'])('are read: %s', (options) => {
    const { zip, files } = packed((cwd) =>
      execFileSync('jar', [...options.split(' '), '--file', 'out', '-C', 'in', '.'], { cwd }),
    )
    expect(contentsOf(zip)).toEqual(files)
  })
})
