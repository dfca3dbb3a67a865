import { describe, expect, it } from 'vitest'
import { ContentSearch } from './content-search.ts'
import { afterBytes, beforeBytes, literalBytes } from './evidence.ts'
import { families } from './families.ts'
import { familyRouter } from './family.ts'

const route = familyRouter(families)
const large = 100_000_000

describe('which families a file may be of', () => {
  it.each<[string, readonly string[]]>([
    ['usr/sbin/nginx', ['nginx', 'openresty', 'tengine']],
    ['nginx', ['nginx', 'openresty', 'tengine']],
    ['usr/bin/python3.11', ['python']],
    ['usr/local/lib/libpython3.7m.so.1.0', ['python']],
    ['opt/Python/PYTHON.EXE', ['python']],
    ['opt/Python/python312.dll', ['python']],
    ['usr/bin/python-config', []],
    ['usr/bin/pythonista', []],
    ['usr/lib/libcrypto.so.1.1', ['openssl', 'libressl']],
    ['bin/libcrypto-3-x64.dll', ['openssl']],
    ['usr/lib/libssh2.so.1.0.1', ['libssh2']],
    ['usr/lib/libssh.so.4', ['libssh']],
    ['usr/lib/librustc_driver-4c3beb7552356b6f.so', ['rust']],
    ['usr/lib/libMagickCore-7.Q16HDRI.so.10', ['imagemagick']],
    ['lib/ld-musl-aarch64.so.1', ['musl']],
    ['usr/sbin/mysqld', ['mariadb', 'mysql']],
    ['nginx/README', []],
    ['', []],
  ])('“%s”: %o', (path, names) => {
    expect(route(path, large).map(({ name }) => name)).toEqual(names)
  })

  it('may be one of many programs in one file, whatever the name, where it is small and lies where programs do', () => {
    expect(route('bin/[', 900_000).map(({ name }) => name)).toEqual(['busybox'])
    expect(route('usr/local/sbin/udhcpc', 900_000).map(({ name }) => name)).toEqual(['busybox'])
    expect(route('bin/[', large)).toEqual([])
    expect(route('lib/x', 900_000)).toEqual([])
    expect(route('robin/x', 900_000)).toEqual([])
  })
})

describe('the families', () => {
  it('are more than sixty, each with a name of its own', () => {
    expect(families.length).toBeGreaterThan(60)
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length)
  })

  it.each(families.map((family) => [family.name, family] as const))(
    '%s can be told within what is shown',
    (_, family) => {
      const { files, evidence, verified, cpe = 'vendor:product' } = family
      expect(files.every((file) => file === file.toLowerCase())).toBe(true)
      expect(verified).not.toBe('')
      expect(cpe).toMatch(/^[a-z0-9._-]+:(?:[a-z0-9._-]|\\\/)+$/)
      for (const { literal, before, after } of evidence) {
        expect(literal.length).toBeLessThanOrEqual(literalBytes)
        expect(before?.source ?? '$').toMatch(/\$$/)
        expect(after?.source ?? '^').toMatch(/^\^/)
        const repeated = `${before?.source}${after?.source}`.replaceAll(/\[[^\]]*\]/g, 'x')
        expect(repeated).not.toMatch(/[^\\][*+]|,\}/)
      }
    },
  )

  it('take no time over a file of their own literals', () => {
    const started = performance.now()
    for (const { evidence } of families) {
      const search = new ContentSearch(evidence)
      const text = evidence.map(({ literal }) => `1.2.3${literal}${'1.'.repeat(40)}`).join('')
      const bytes = Buffer.from(text.repeat(Math.ceil(200_000 / text.length)), 'latin1')
      search.write(bytes)
      search.end()
    }
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(beforeBytes + afterBytes).toBeLessThan(1024)
  })
})
