import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { isRootfs } from './directory-kind.ts'

it.each([
  ['a release', ['etc/os-release'], true],
  ['a release of a distroless image', ['usr/lib/os-release'], true],
  ['a package database', ['lib/apk/db/installed'], true],
  ['the usual folders', ['etc/passwd', 'usr/bin/env', 'var/tmp'], true],
  ['sources', ['package-lock.json', 'src/etc/os-release', 'lib/index.js'], false],
  ['sources with some of the usual folders', ['etc/app.conf', 'lib/index.js', 'bin/app'], false],
  ['nothing', [], false],
])('%s', async (_, paths, expected) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'seawall-kind-'))
  for (const path of paths) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true })
    writeFileSync(join(folder.path, path), '')
  }
  expect(isRootfs(folder.path)).toBe(expected)
})

it('a link to a system is none', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'seawall-kind-'))
  for (const name of ['etc', 'lib']) symlinkSync(`/${name}`, join(folder.path, name))
  mkdirSync(join(folder.path, 'usr'))
  symlinkSync('/usr/lib', join(folder.path, 'usr/lib'))
  expect(isRootfs(folder.path)).toBe(false)
})
