/** A directory read in place against what GNU tar makes of it. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Entry, LayerContents } from '../../src/image/entry.ts'
import { readLayer } from '../../src/image/layer.ts'
import { imageLimits } from '../../src/image/limits.ts'
import { walkRootfs } from '../../src/image/rootfs-walk.ts'
import { describeWith } from '../helpers/components.ts'
import { sha256 } from '../helpers/image-archive.ts'
import { everything } from '../helpers/image-reading.ts'

const options = { selector: everything, limits: imageLimits, signal: new AbortController().signal }

function throughTar(directory: string): Promise<LayerContents> {
  const tar = spawn('tar', ['-C', directory, '--sort=name', '--numeric-owner', '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return readLayer(tar.stdout, { ...options, name: 'tar' })
}

/** Line by line: a whole tree would be compared, and printed, for minutes. */
function firstDifference(walked: LayerContents, archived: LayerContents): object | undefined {
  const [left, right] = [walked.entries.map(lineOf), archived.entries.map(lineOf)]
  const at = left.findIndex((line, index) => line !== right[index])
  if (at >= 0) return { walked: left[at], archived: right[at] }
  return left.length === right.length ? undefined : { walked: left.length, archived: right.length }
}

function lineOf({ content, ...entry }: Entry): string {
  return `${JSON.stringify(entry)} ${content === undefined ? '' : sha256(content)}`
}

function makeTree(root: string): void {
  for (const directory of ['usr/bin', 'usr/lib/deep/er', 'usr-local', 'var/empty'])
    mkdirSync(join(root, directory), { recursive: true })
  for (const [path, content] of [
    ['usr/bin/b', 'tool'],
    ['usr/lib/deep/er/x', ''],
    ['usr-local/y', 'y'.repeat(300_000)],
    ['ünïcode', '1'],
  ] as const) {
    writeFileSync(join(root, path), content)
  }
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff, 0xc3])]), 'not utf-8')
  writeFileSync(join(root, 'n'.repeat(200)), 'long name')
  linkSync(join(root, 'usr/bin/b'), join(root, 'usr/bin/a'))
  linkSync(join(root, 'usr/bin/b'), join(root, 'var/c'))
  symlinkSync('../bin/b', join(root, 'usr/lib/link'))
  symlinkSync('/nowhere', join(root, 'dangling'))
  chmodSync(join(root, 'usr/bin/b'), 0o6755)
  chmodSync(join(root, 'var/empty'), 0o1777)
  execFileSync('mkfifo', [join(root, 'fifo')])
}

describeWith(['tar', 'mkfifo'], 'a directory', () => {
  it.each(['a tree of everything', '/etc', '/usr/share/doc'])(
    '%s has the same entries as a tar of it',
    async (name) => {
      await using folder = await mkdtempDisposable(join(tmpdir(), 'seawall-walk-'))
      if (!name.startsWith('/')) makeTree(folder.path)
      const root = name.startsWith('/') ? name : folder.path
      const [walked, archived] = [await walkRootfs(root, options), await throughTar(root)]
      expect(walked.unknowns).toEqual([])
      expect(walked.entries.length).toBeGreaterThan(10)
      expect(firstDifference(walked, archived)).toBeUndefined()
    },
  )
})
