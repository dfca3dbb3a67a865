import { expect, it } from 'vitest'
import { repositoryUrl } from './repository-url.ts'

it.each([
  ['https://git.example.org/a.git', 'https://git.example.org/a.git'],
  ['https://robot:secret@git.example.org/a.git?branch=x#y', 'https://git.example.org/a.git'],
  ['https://token@git.example.org/a@b', 'https://git.example.org/a@b'],
  ['ssh://git@git.example.org:22/a', 'ssh://git.example.org:22/a'],
  ['git@git.example.org:a/b.git', 'git@git.example.org:a/b.git'],
  ['', ''],
])('%s is shown as %s', (address, shown) => {
  expect(repositoryUrl(address)).toBe(shown)
})
