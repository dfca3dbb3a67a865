import { describe, expect, it } from 'vitest'
import { readModules } from './modules.ts'

describe('the module list of a Go program', () => {
  it.each([
    ['a dependency', 'dep\ta.org/x\tv1.2.3\th1:sum=', ['a.org/x v1.2.3'], [], 0],
    [
      'a replacement by another module',
      'dep\ta.org/x\tv1.2.3\n=>\tb.org/y\tv0.1.0\th1:sum=',
      ['b.org/y v0.1.0'],
      [],
      0,
    ],
    ['a replacement by another version', 'dep\ta.org/x\tv1.2.3\n=>\ta.org/x\tv1.2.4\t', ['a.org/x v1.2.4'], [], 0],
    ['a replacement by a folder', 'dep\ta.org/x\tv1.2.3\n=>\t../my x\t(devel)\t\n', [], ['a.org/x'], 0],
    ['a replacement by a folder, older form', 'dep\ta.org/x\tv1.2.3\n=>\t./x\t\t', [], ['a.org/x'], 0],
    ['a workspace member', 'dep\ta.org/x\t(devel)\t', [], ['a.org/x'], 0],
    ['a released program', 'path\ta.org/x/cmd\nmod\ta.org/x\tv1.2.3\th1:sum=', ['a.org/x v1.2.3'], [], 0],
    [
      'a program from a changed working copy',
      'mod\ta.org/x\tv1.2.4-0.20240102030405-0123456789ab+dirty\t',
      ['a.org/x v1.2.4-0.20240102030405-0123456789ab+dirty'],
      [],
      0,
    ],
    ['a program from a working copy', 'mod\ta.org/x\t(devel)\t', [], [], 0],
    ['a program from a repository without tags', 'mod\ta.org/x\tv0.0.0-20240102030405-0123456789ab\t', [], [], 0],
    [
      'a dependency without tags',
      'dep\ta.org/x\tv0.0.0-20240102030405-0123456789ab\t',
      ['a.org/x v0.0.0-20240102030405-0123456789ab'],
      [],
      0,
    ],
    ['build settings', 'build\t-compiler=gc\nbuild\tdep\ta.org/x\tv1\n', [], [], 0],
    ['nothing', '', [], [], 0],
    ['a replacement of nothing', '=>\tb.org/y\tv0.1.0', [], [], 0],
    ['lines that are cut short', 'dep\ndep\t\ndep\ta.org/x', [], ['a.org/x'], 2],
    ['paths that are none', 'dep\t/a\tv1\ndep\ta//b\tv1\ndep\ta/\tv1\ndep\ta\u0000b\tv1', [], [], 4],
    ['a version that is none', 'dep\ta.org/x\tv1 2\t', [], [], 1],
    ['a replacement that is none', 'dep\ta.org/x\tv1.2.3\n=>\t\tv1\t', [], [], 1],
    ['a path of any length', `dep\t${'a/'.repeat(100_000)}a\tv1\t`, [], [], 1],
  ])('%s', (_, text, linked, unversioned, damagedLines) => {
    const result = readModules(text)
    expect(result.linked.map(({ path, version }) => `${path} ${version}`)).toEqual(linked)
    expect(result).toMatchObject({ unversioned, damagedLines })
  })
})
