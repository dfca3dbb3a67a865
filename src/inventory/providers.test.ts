import { expect, it } from 'vitest'
import { type Needs, Providers } from './providers.ts'

function providers(): Providers {
  const all = new Providers()
  all.add('musl', ['so:libc.so.1', 'libc'])
  all.add('busybox', ['cmd:sh', 'editor'])
  all.add('vim', ['editor'])
  all.add('editor-extras', [])
  return all
}

it.each<[string, Needs, readonly string[] | undefined]>([
  ['nothing', [], undefined],
  ['a package by its name', [['musl']], ['musl']],
  ['what a package provides', [['so:libc.so.1']], ['musl']],
  ['the alternative that is there', [['emacs', 'vim']], ['vim']],
  ['an alternative that is provided', [['emacs', 'libc']], ['musl']],
  ['the first that provides it', [['editor']], ['busybox']],
  ['the first alternative where none is there', [['emacs', 'nano']], ['emacs']],
  ['each package once', [['musl'], ['libc'], ['so:libc.so.1']], ['musl']],
  ['not itself', [['editor-extras'], ['musl']], ['musl']],
])('a package needs %s', (_, needs, expected) => {
  expect(providers().resolve('editor-extras', needs)).toEqual(expected)
})
