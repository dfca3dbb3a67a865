import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry, LayerContents } from './entry.ts'
import { type FileTree, overlay } from './file-tree.ts'

function entry(path: string, type: Entry['type'], linkTarget?: string): Entry {
  return { path, type, size: 0, mode: 0o755, uid: 0, gid: 0, linkTarget }
}

/** `dir/`, `link -> target`, `link => hard link`, `file`, `file=content`. */
function parse(text: string): Entry {
  const [symlink = '', target] = text.split(' -> ')
  if (target !== undefined) return entry(symlink, 'symlink', target)
  const [hard = '', linked] = text.split(' => ')
  if (linked !== undefined) return entry(hard, 'hardlink', linked)
  if (text.endsWith('/')) return entry(text.slice(0, -1), 'directory')
  const [path = '', content = ''] = text.split('=')
  return { ...entry(path, 'file'), size: content.length, content: Buffer.from(content) }
}

function layerOf(texts: readonly string[]): LayerContents {
  return { entries: texts.map(parse), unknowns: [], bytes: 0 }
}

function treeOf(...layers: readonly (readonly string[])[]): FileTree {
  return overlay(layers.map(layerOf))
}

/** The same notation, without directories that hold something. */
function seen(tree: FileTree): string[] {
  return [...tree.walk()].flatMap(({ path, type, linkTarget, content }) => {
    if (type === 'directory') return tree.children(path).length === 0 ? [`${path}/`] : []
    if (type === 'symlink') return [`${path} -> ${linkTarget}`]
    return [content === undefined || content.length === 0 ? path : `${path}=${content.toString()}`]
  })
}

function inodes(tree: FileTree): string[] {
  const names = new Map<number, string[]>()
  for (const { inode, path } of tree.walk()) names.set(inode, [...(names.get(inode) ?? []), path])
  return [...names.values()].map((group) => group.join('='))
}

function chain(length: number): string[] {
  return ['f0=end', ...Array.from({ length }, (_, index) => `f${index + 1} -> f${index}`)]
}

describe('layers are laid over each other', () => {
  it.each<[string, readonly (readonly string[])[], readonly string[]]>([
    ['nothing', [], []],
    ['upper files replace lower ones', [['a=1', 'b=1'], ['a=2']], ['a=2', 'b=1']],
    [
      'directories are merged',
      [
        ['d/', 'd/x'],
        ['d/', 'd/y'],
      ],
      ['d/x', 'd/y'],
    ],
    ['missing directories are implied', [['a/b/c']], ['a/b/c']],
    ['the last of a name wins in a layer', [['a=1', 'a/', 'a=3']], ['a=3']],
    ['a whiteout hides a file', [['a', 'b'], ['.wh.a']], ['b']],
    ['a whiteout hides a directory with all it holds', [['d/e/f', 'g'], ['.wh.d']], ['g']],
    ['a whiteout of nothing does nothing', [['a'], ['d/.wh.x']], ['a', 'd/']],
    ['a whiteout hides only what is below, before the new', [['a=1'], ['.wh.a', 'a=2']], ['a=2']],
    ['a whiteout hides only what is below, after the new', [['a=1'], ['a=2', '.wh.a']], ['a=2']],
    ['a directory that was whited out and made again is new', [['d/old'], ['.wh.d', 'd/', 'd/new']], ['d/new']],
    ['a whiteout works once', [['a'], ['.wh.a'], ['a=3']], ['a=3']],
    ['a whiteout in the lowest layer does nothing', [['.wh.a', 'a']], ['a']],
    [
      'an opaque directory hides what is below it',
      [
        ['d/a', 'd/b', 'c'],
        ['d/.wh..wh..opq', 'd/x'],
      ],
      ['c', 'd/x'],
    ],
    ['an opaque marker may come last', [['d/a'], ['d/x', 'd/.wh..wh..opq']], ['d/x']],
    ['an opaque directory may be opened again', [['d/a'], ['d/.wh..wh..opq'], ['d/b']], ['d/b']],
    ['an opaque root hides nothing in overlayfs', [['a'], ['.wh..wh..opq', 'b']], ['a', 'b']],
    ['a file hides a directory', [['d/x'], ['d']], ['d']],
    ['a directory hides a file', [['d=1'], ['d/', 'd/x']], ['d/x']],
    ['a directory that hid a file does not bring back the one before', [['d/old'], ['d=1'], ['d/x']], ['d/x']],
    ['a symlink hides a directory', [['d/x', 'e/y'], ['d -> e']], ['d -> e', 'e/y']],
    ['a directory hides a symlink', [['lib -> usr/lib', 'usr/lib/a'], ['lib/b']], ['lib/b', 'usr/lib/a']],
    ['a whiteout in a directory that a symlink hides', [['d/x'], ['d -> e', 'e/x'], ['d/.wh.x']], ['d/', 'e/x']],
    ['symlinks are followed within a layer', [['l -> d', 'd/', 'l/x']], ['d/x', 'l -> d']],
    [
      'symlinks do not lead out of the root',
      [
        ['l -> /../../d', 'l/x'],
        ['m -> ../../e', 'm/y'],
      ],
      ['d/x', 'e/y', 'l -> /../../d', 'm -> ../../e'],
    ],
    ['files of aufs itself are dropped', [['.wh..wh.plnk/1=x', '.wh..wh.aufs', 'a => .wh..wh.plnk/1']], ['a=x']],
    ['a file replaces a whole directory, as in engines', [['d/x', 'd=1']], ['d=1']],
  ])('%s', (_, layers, expected) => {
    expect(seen(treeOf(...layers))).toEqual(expected)
  })

  it('a directory has what its highest layer says', () => {
    const lower = { ...entry('d', 'directory'), mode: 0o700, uid: 7 }
    const [node] = overlay([{ entries: [lower], unknowns: [], bytes: 0 }, layerOf(['d/x'])]).walk()
    expect(node).toMatchObject({ path: 'd', mode: 0o755, uid: 0, layer: 1 })
  })

  it('a node says which layer brought it', () => {
    const tree = treeOf(['a', 'b', 'd/x'], ['b', 'd/y'])
    expect([...tree.walk()].map(({ path, layer }) => `${path} ${layer}`)).toEqual([
      'a 0',
      'b 1',
      'd 1',
      'd/x 0',
      'd/y 1',
    ])
  })
})

describe('hard links', () => {
  it.each<[string, readonly (readonly string[])[], readonly string[], readonly string[]]>([
    ['are one file', [['a=1', 'b => a', 'c => b']], ['a=b=c'], ['a=1', 'b=1', 'c=1']],
    ['keep the file when its first name goes', [['a=1', 'b => a'], ['.wh.a']], ['b'], ['b=1']],
    ['stay with the old file when the name is replaced', [['a=1', 'b => a', 'a=2']], ['a', 'b'], ['a=2', 'b=1']],
    ['may have two names below and one above', [['a=1', 'b => a'], ['b=2']], ['a', 'b'], ['a=1', 'b=2']],
    ['may name a symlink', [['l -> x', 'b => l']], ['b=l'], ['b -> x', 'l -> x']],
    ['to a lower layer name that file', [['a=1'], ['b => a', 'c => b']], ['a=b=c'], ['a=1', 'b=1', 'c=1']],
    ['to a lower layer outlive its whiteout', [['a=1'], ['.wh.a', 'b => a']], ['b'], ['b=1']],
    ['to themselves change nothing', [['a=1', 'a => a']], ['a'], ['a=1']],
  ])('%s', (_, layers, groups, files) => {
    const tree = treeOf(...layers)
    expect(inodes(tree)).toEqual(groups)
    expect(seen(tree)).toEqual(files)
    expect(tree.unknowns).toEqual([])
  })
})

describe('what no file system could take in is an unknown', () => {
  it.each<[string, readonly (readonly string[])[], string, string]>([
    ['a hard link to nothing', [['a => b']], '/a', 'layer 0: it is a hard link to b, which is no file'],
    [
      'a hard link to a lower directory',
      [['d/'], ['a => d']],
      '/a',
      'layer 1: it is a hard link to d, which is no file',
    ],
    ['a hard link to a directory', [['d/', 'a => d']], '/a', 'layer 0: it is a hard link to a directory'],
    ['a name in a file', [['a', 'a/b']], '/a/b', 'layer 0: what it lies in is not a directory'],
    ['a name behind a symlink to itself', [['l -> l', 'l/x']], '/l/x', 'layer 0: what it lies in is not a directory'],
    ['a whiteout without a name', [['d/.wh.']], '/d/.wh.', 'layer 0: it is a whiteout of nothing'],
    ['a whiteout of the parent', [['d/.wh...']], '/d/.wh...', 'layer 0: it is a whiteout of nothing'],
  ])('%s', (_, layers, path, reason) => {
    expect(treeOf(...layers).unknowns).toEqual([{ path, reason }])
  })
})

describe('looking up', () => {
  const tree = treeOf([
    'usr/lib/os-release=ID=x',
    'etc/os-release -> ../usr/lib/os-release',
    'etc/absolute -> /usr/lib/os-release',
    'etc/outside -> ../../../../usr/lib/os-release',
    'lib -> usr/lib',
    'up -> usr/lib/..',
    'loop -> pool',
    'pool -> loop',
    'self -> self/x',
    'dangling -> nowhere',
  ])

  it.each([
    ['usr/lib/os-release', 'usr/lib/os-release'],
    ['/usr//lib/./os-release', 'usr/lib/os-release'],
    ['lib/os-release', 'usr/lib/os-release'],
    ['etc/os-release', 'usr/lib/os-release'],
    ['etc/absolute', 'usr/lib/os-release'],
    ['etc/outside', 'usr/lib/os-release'],
    ['lib/../lib/os-release', 'usr/lib/os-release'],
    ['up/lib/os-release', 'usr/lib/os-release'],
    ['../..', ''],
    ['', ''],
    ['/', ''],
    ['loop', undefined],
    ['self', undefined],
    ['dangling', undefined],
    ['usr/lib/os-release/x', undefined],
    ['usr/lib/os-release/..', undefined],
    ['missing/..', undefined],
    ['toString', undefined],
    ['__proto__', undefined],
  ])('%j with links followed gives %j', (path, expected) => {
    expect(tree.lookup(path, { follow: true })?.path).toBe(expected)
  })

  it('does not follow a symlink at the end unless asked', () => {
    expect(tree.lookup('lib')).toMatchObject({ type: 'symlink', linkTarget: 'usr/lib' })
    expect(tree.lookup('lib/')).toMatchObject({ type: 'directory', path: 'usr/lib' })
    expect(tree.exists('loop')).toBe(true)
    expect(tree.exists('loop/x')).toBe(false)
  })

  it('lists a directory by name, also through a symlink', () => {
    expect(tree.children('etc').map(({ path }) => path)).toEqual(['etc/absolute', 'etc/os-release', 'etc/outside'])
    expect(tree.children('lib').map(({ path }) => path)).toEqual(['usr/lib/os-release'])
    expect(tree.children('etc/os-release')).toEqual([])
    expect(tree.children('missing')).toEqual([])
  })

  it('follows forty links and no more', () => {
    expect(treeOf(chain(41)).lookup('f40', { follow: true })?.path).toBe('f0')
    expect(treeOf(chain(41)).lookup('f41', { follow: true })).toBeUndefined()
  })
})

describe('hostile layers', () => {
  it('do not overflow the stack or take long', () => {
    const deep = Array.from({ length: 200 }, () => 'd').join('/')
    const chained = Array.from({ length: 300 }, (_, index) => [
      `l${index + 1} -> l${index}/${deep}`,
      `l${index}/${deep}/x`,
    ]).flat()
    const tree = treeOf(['l0/', ...chained], ['.wh.l0'], [deep])
    expect(tree.exists('l0')).toBe(false)
    expect(tree.lookup(deep)?.type).toBe('file')
  })

  it('may come in any order and shape: the tree is always what its lookups say', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', '.wh.a', '.wh..wh..opq'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'))
    const target = fc.oneof(name, fc.constantFrom('..', '/', '../a', '.', '/b/../a'))
    const text = fc.oneof(
      name,
      name.map((path) => `${path}/`),
      fc.tuple(name, target).map(([path, to]) => `${path} -> ${to}`),
      fc.tuple(name, name).map(([path, to]) => `${path} => ${to}`),
    )
    const layers = fc.array(fc.array(text, { maxLength: 8 }), { maxLength: 4 })
    fc.assert(
      fc.property(layers, (texts) => {
        const tree = treeOf(...texts)
        const walked = [...tree.walk()]
        expect(walked.map(({ path }) => tree.lookup(path)?.inode)).toEqual(walked.map(({ inode }) => inode))
        expect(new Set(walked.map(({ path }) => path)).size).toBe(walked.length)
      }),
      { numRuns: 500 },
    )
  })
})
