import { describe, expect, it } from 'vitest'
import type { Probe } from '#image/entry.ts'
import { type Cataloger, defineCataloger } from './cataloger.ts'
import { unpackNotes } from './probe-notes.ts'
import { selectorFor } from './selector.ts'

function cataloger(id: string, files: readonly string[], probe?: Cataloger['probe']): Cataloger {
  const extra = probe === undefined ? {} : { probe }
  return defineCataloger({
    id,
    version: 1,
    ecosystem: 'npm',
    proves: 'installed',
    title: id,
    spec: 'https://example.org/',
    files,
    finds: ['packages'],
    catalog: () => [],
    ...extra,
  })
}

/** Keeps the first `count` bytes of files that begin with `magic`. */
function prefixProbe(magic: string, count: number): Cataloger['probe'] {
  return (head): Probe | undefined => {
    if (!Buffer.from(head).toString('latin1').startsWith(magic)) return undefined
    let kept = ''
    return {
      write: (chunk) => {
        kept += Buffer.from(chunk).toString('latin1')
      },
      end: () => (kept.length < count ? undefined : Buffer.from(kept.slice(0, count))),
    }
  }
}

describe('the selector', () => {
  it('wants what catalogers read, what tells the distribution, and what it is told to', () => {
    const { wants } = selectorFor([cataloger('a', ['**/package.json'])], new Set(['opt/status']))
    const paths = ['srv/package.json', 'etc/os-release', 'opt/status', 'opt/other', 'etc/passwd']
    expect(paths.filter((path) => wants(path))).toEqual(['srv/package.json', 'etc/os-release', 'opt/status'])
  })

  it('lets every cataloger that likes the head look on, and labels what each keeps', () => {
    const selector = selectorFor([
      cataloger('two', [], prefixProbe('\x7fELF', 2)),
      cataloger('six', [], prefixProbe('\x7fE', 6)),
      cataloger('too-many', [], prefixProbe('\x7f', 100)),
      cataloger('other', [], prefixProbe('MZ', 2)),
    ])
    const probe = selector.probe(Buffer.from('\x7fELF'), 8, 'bin/a')
    for (const chunk of ['\x7fELF', 'abcd']) probe?.write(Buffer.from(chunk))
    const notes = [...unpackNotes(probe?.end() ?? Buffer.alloc(0))].map(({ id, bytes }) => [
      id,
      bytes?.toString('latin1'),
    ])
    expect(notes).toEqual([
      ['two', '\x7fE'],
      ['six', '\x7fELFab'],
    ])
  })

  it('keeps nothing of a file that no probe finds of interest', () => {
    const selector = selectorFor([cataloger('too-many', [], prefixProbe('\x7f', 100))])
    const probe = selector.probe(Buffer.from('\x7fELF'), 4, 'bin/a')
    probe?.write(Buffer.from('\x7fELF'))
    expect(probe?.end()).toBeUndefined()
    expect(selector.probe(Buffer.from('#!/bin/sh'), 9, 'bin/a')).toBeUndefined()
  })
})
