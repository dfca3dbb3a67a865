import { createHash, randomFillSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ZipMember, zipOf } from '../../../test/helpers/zip-writer.ts'
import { type Archive, decodeNote } from './archive-note.ts'
import { probeArchive } from './archive-probe.ts'

function archivesOf(content: Buffer, { path = 'a.jar', chunkBytes = 65_536 } = {}): readonly Archive[] {
  const probe = probeArchive(content.subarray(0, 64), content.length, path)
  for (let at = 0; at < content.length; at += chunkBytes) probe?.write(content.subarray(at, at + chunkBytes))
  const note = probe?.end()
  return note === undefined ? [] : decodeNote(note.toString(), '/a.jar')
}

/** `path group:artifact:version`, and what could not be read as `path ? reason`. */
function told(archives: readonly Archive[]): string[] {
  return archives.flatMap(({ path, projects, reasons }) => [
    ...projects.map(({ group, artifact, version }) => [...path, `${group}:${artifact}:${version}`].join(' ')),
    ...reasons.map((reason) => [...path, '?', reason].join(' ')),
  ])
}

function properties(artifact: string): ZipMember {
  const content = `version=1.0\ngroupId=com.example\nartifactId=${artifact}\n`
  return { name: `META-INF/maven/com.example/${artifact}/pom.properties`, content }
}

const code: ZipMember = { name: 'com/example/A.class', content: Buffer.alloc(5000, 'PK class\u0003\u0004') }

function jar(artifact: string, ...more: readonly ZipMember[]): Buffer {
  return zipOf([code, properties(artifact), ...more])
}

function sha1(content: Buffer): string {
  return createHash('sha1').update(content).digest('hex')
}

/** A jar in a jar in a jar and so on. */
function nest(depth: number, member: Partial<ZipMember> = {}): Buffer {
  let content = jar('innermost')
  for (let level = 1; level < depth; level++) content = zipOf([{ ...member, name: 'in.jar', content }])
  return content
}

describe('archives in archives', () => {
  const inner = jar('inner')
  const forms: readonly (readonly [string, Partial<ZipMember>])[] = [
    ['compressed', {}],
    ['stored', { isStored: true }],
    ['compressed, with sizes behind', { hasDescriptor: true }],
    ['stored, with sizes behind', { isStored: true, hasDescriptor: true }],
  ]

  it.each(forms)('are read: %s', (_, form) => {
    const middle = jar('middle', { ...form, name: 'lib/inner.jar', content: inner })
    const outer = jar('outer', { ...form, name: 'lib/middle.war', content: middle }, code)
    expect(told(archivesOf(outer))).toEqual([
      'com.example:outer:1.0',
      'lib/middle.war com.example:middle:1.0',
      'lib/middle.war lib/inner.jar com.example:inner:1.0',
    ])
  })

  it.each(forms.slice(0, 3))('have their digests: %s', (_, form) => {
    const middle = jar('middle', { ...form, name: 'lib/inner.jar', content: inner })
    const outer = jar('outer', { ...form, name: 'lib/middle.war', content: middle })
    expect(archivesOf(outer).map((archive) => archive.sha1)).toEqual([outer, middle, inner].map(sha1))
  })

  it('are read the same however the file is cut into chunks', () => {
    const outer = jar(
      'outer',
      { name: 'a.jar', content: inner, isStored: true },
      { name: 'b.jar', content: inner },
      code,
    )
    const script = Buffer.concat([Buffer.from(`#!/bin/sh\n${'#'.repeat(1000)}\nexit\n`), outer])
    const whole = archivesOf(script, { path: 'b' })
    expect(whole).toHaveLength(3)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: script.length }), (chunkBytes) => {
        expect(archivesOf(script, { path: 'b', chunkBytes })).toEqual(whole)
      }),
    )
  })

  it('are read eight deep', () => {
    expect(told(archivesOf(nest(9)))).toEqual([`${'in.jar '.repeat(8)}com.example:innermost:1.0`])
    const deeper = [`${'in.jar '.repeat(8)}? in.jar: archives in archives are read 8 deep`]
    expect(told(archivesOf(nest(10)))).toEqual(deeper)
    expect(told(archivesOf(nest(10, { isStored: true })))).toEqual(deeper)
  })

  it('that are told to be one and the same are a bomb', () => {
    const same = (count: number): ZipMember[] =>
      Array.from({ length: count }, (_, index) => ({ name: `${index}.jar`, sameAs: 0 }))
    let content = zipOf([{ name: 'a.jar', content: jar('bomb') }, ...same(50)])
    for (let level = 0; level < 4; level++) content = zipOf([{ name: 'a.jar', content }, ...same(50)])
    const archives = archivesOf(content)
    expect(archives.length).toBeLessThan(5000)
    expect(told(archives)).toEqual(expect.arrayContaining(['? entries of the zip overlap']))
    expect(told(archives).some((text) => text.endsWith('of the archives in one file 4096 are read'))).toBe(true)
  })

  it('are limited in number', () => {
    const members = Array.from({ length: 10_000 }, (_, index) => ({
      name: `${index}.jar`,
      content: 'x',
      isStored: true,
    }))
    const archives = archivesOf(zipOf(members))
    expect(archives).toHaveLength(4097)
    expect(archives[0]?.reasons.at(-1)).toBe('more of it could not be read')
  })

  it('that would take too much memory are told', () => {
    const bomb = Buffer.alloc(65 * 1024 ** 2)
    expect(told(archivesOf(jar('outer', { name: 'bomb.jar', content: bomb })))).toEqual([
      'com.example:outer:1.0',
      '? bomb.jar: it is larger than 67108864 bytes',
    ])
  })

  it('of many entries are read', () => {
    const members = Array.from({ length: 100_000 }, (_, index) => ({
      name: `com/example/${index}.class`,
      isStored: true,
    }))
    expect(told(archivesOf(zipOf([...members, properties('large')], { isZip64: true })))).toEqual([
      'com.example:large:1.0',
    ])
  })
})

describe('an archive', () => {
  it('is known by its beginning where its name says nothing, if it is one of Java', () => {
    expect(told(archivesOf(jar('app'), { path: 'opt/app' }))).toEqual(['com.example:app:1.0'])
    expect(archivesOf(zipOf([{ name: 'word/document.xml', content: '<a/>' }]), { path: 'a.docx' })).toEqual([])
  })

  it('is known by its name where it begins as something else', () => {
    const launcher = Buffer.concat([Buffer.from('MZ a launcher of 1 kB'), Buffer.alloc(1000), jar('app')])
    expect(told(archivesOf(launcher))).toEqual(['com.example:app:1.0'])
    expect(archivesOf(launcher, { path: 'app.exe' })).toEqual([])
  })

  it('is asked for by its name alone', () => {
    expect(probeArchive(new Uint8Array(), 100, 'lib/a.JAR')).toBeDefined()
    expect(probeArchive(new Uint8Array(), 100, 'lib/a.zip')).toBeUndefined()
  })

  it('cannot hide what it holds behind headers that name something else', () => {
    const hidden: ZipMember = {
      ...properties('hidden'),
      localName: 'x.class'.padStart(properties('hidden').name.length, 'x'),
    }
    expect(told(archivesOf(zipOf([code, hidden, code])))).toEqual([
      `? ${hidden.name}: its content is not where the directory of the zip says, or not at hand`,
    ])
  })

  it('keeps descriptions when archives in it are too much', () => {
    const content = randomFillSync(Buffer.alloc(1024 ** 2))
    const members = Array.from({ length: 98 }, (_, index) => ({ name: `${index}.jar`, content, isStored: true }))
    expect(told(archivesOf(zipOf([...members, properties('large')]))).slice(0, 2)).toEqual([
      'com.example:large:1.0',
      '? of archives that are compressed in it the first 100663296 bytes are read',
    ])
  })

  it.each<[string, string]>([
    ['markers', 'PK'],
    ['headers', `PK\u0003\u0004${'\0'.repeat(26)}`],
    ['headers of archives', `PK\u0003\u0004${'\0'.repeat(22)}\u0005\0\0\0a.jar`],
    ['rows of directories', `PK\u0001\u0002${'\0'.repeat(42)}`],
    ['ends of directories', 'PK\u0005\u0006'],
  ])('costs no more than its length when it is nothing but %s', (_, piece) => {
    const content = Buffer.alloc(4 * 1024 ** 2, piece, 'latin1')
    expect(told(archivesOf(content))).toEqual(['? it is no zip, or cut off'])
  })
})
