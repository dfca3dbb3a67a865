import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatReference, parseReference, type Reference, registryHost } from './reference.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('parseReference', () => {
  it.each<[string, Reference]>([
    ['alpine', { domain: 'docker.io', path: 'library/alpine', tag: 'latest' }],
    ['library/alpine:3.19', { domain: 'docker.io', path: 'library/alpine', tag: '3.19' }],
    ['alpine:3.19', { domain: 'docker.io', path: 'library/alpine', tag: '3.19' }],
    ['index.docker.io/alpine', { domain: 'docker.io', path: 'library/alpine', tag: 'latest' }],
    ['docker.io/grafana/loki', { domain: 'docker.io', path: 'grafana/loki', tag: 'latest' }],
    ['a/b/c', { domain: 'docker.io', path: 'a/b/c', tag: 'latest' }],
    [`ghcr.io/a/b@${digest}`, { domain: 'ghcr.io', path: 'a/b', digest }],
    [`localhost:5000/x:tag@${digest}`, { domain: 'localhost:5000', path: 'x', tag: 'tag', digest }],
    ['localhost/x', { domain: 'localhost', path: 'x', tag: 'latest' }],
    ['127.0.0.1:5000/x', { domain: '127.0.0.1:5000', path: 'x', tag: 'latest' }],
    ['[::1]:5000/x:1', { domain: '[::1]:5000', path: 'x', tag: '1' }],
    ['host:443/a_b/c__d/e--f/g.h', { domain: 'host:443', path: 'a_b/c__d/e--f/g.h', tag: 'latest' }],
    ['Registry/x', { domain: 'Registry', path: 'x', tag: 'latest' }],
    ['alpine:Upper_Tag.1-2', { domain: 'docker.io', path: 'library/alpine', tag: 'Upper_Tag.1-2' }],
    [`a@sha512:${'ab'.repeat(64)}`, { domain: 'docker.io', path: 'library/a', digest: `sha512:${'ab'.repeat(64)}` }],
    [`quay.io/${'a'.repeat(255)}`, { domain: 'quay.io', path: 'a'.repeat(255), tag: 'latest' }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected)
  })

  it.each([
    '',
    ' ',
    'Alpine',
    'library/Alpine',
    'ghcr.io/Owner/image',
    'alpine:',
    'alpine:-x',
    `alpine:${'t'.repeat(129)}`,
    'alpine@',
    'alpine@sha256:abc',
    `alpine@sha256:${'A'.repeat(64)}`,
    `alpine@sha256:${'a'.repeat(65)}`,
    `alpine@md5:${'a'.repeat(32)}`,
    `alpine@${digest}@${digest}`,
    'a'.repeat(64).replaceAll('a', 'f'),
    `quay.io/${'a'.repeat(256)}`,
    'a//b',
    '/a',
    'a/',
    'a..b',
    'a___b',
    '.a',
    'a-',
    'ghcr.io/',
    'ghcr.io/../x',
    'host:99999/x',
    'host:port/x',
    '-host.io/x',
    'https://ghcr.io/x',
    'user:pw@ghcr.io/x',
    'a b',
    'a\nb',
    'a%2f..%2fb',
    'a?b',
    'x'.repeat(5000),
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'usage', hint: expect.any(String) }))
  })

  it('stays quick on names made to be slow', () => {
    const text = `${'a-'.repeat(500)}!`
    const start = performance.now()
    expect(() => parseReference(text)).toThrow('is not an image reference')
    expect(performance.now() - start).toBeLessThan(100)
  })
})

describe('formatReference', () => {
  it.each([
    ['docker.io/library/alpine', 'alpine:latest', 'docker.io/library/alpine:latest'],
    ['docker.io/quay.io/x', 'docker.io/quay.io/x:latest', 'docker.io/quay.io/x:latest'],
    ['grafana/loki:2', 'grafana/loki:2', 'docker.io/grafana/loki:2'],
    [`localhost:5000/x@${digest}`, `localhost:5000/x@${digest}`, `localhost:5000/x@${digest}`],
  ])('prints %s', (text, familiar, full) => {
    expect(formatReference(parseReference(text), 'familiar')).toBe(familiar)
    expect(formatReference(parseReference(text), 'full')).toBe(full)
  })

  const alphanumeric = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const component = fc
    .array(fc.tuple(alphanumeric, fc.constantFrom('.', '_', '__', '-', '---')), { minLength: 1, maxLength: 3 })
    .map((pieces) => pieces.map(([word, separator], index) => (index === 0 ? word : `${separator}${word}`)).join(''))
  const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join('/'))
  const domain = fc.constantFrom(
    'docker.io',
    'ghcr.io',
    'localhost',
    'localhost:5000',
    '[::1]:80',
    'Upper',
    'a.b-c.d:1',
  )
  const version = fc.constantFrom<Pick<Reference, 'tag' | 'digest'>>({ tag: 'v1' }, { digest }, { tag: 'v1', digest })

  it('is undone by parseReference', () => {
    fc.assert(
      fc.property(domain, path, version, (someDomain, somePath, someVersion) => {
        const reference = parseReference(
          formatReference({ domain: someDomain, path: somePath, ...someVersion }, 'full'),
        )
        expect(reference).toMatchObject({ domain: someDomain, ...someVersion })
        expect(parseReference(formatReference(reference, 'full'))).toEqual(reference)
        expect(parseReference(formatReference(reference, 'familiar'))).toEqual(reference)
      }),
    )
  })
})

describe('registryHost', () => {
  it('knows that Docker Hub answers elsewhere', () => {
    expect(registryHost({ domain: 'docker.io' })).toBe('registry-1.docker.io')
    expect(registryHost({ domain: 'ghcr.io' })).toBe('ghcr.io')
  })
})
