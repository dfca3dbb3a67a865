import { describe, expect, it } from 'vitest'
import { isLoopback, proxyFor } from './proxy.ts'

const proxy = 'http://proxy.test:3128/'

describe('proxyFor', () => {
  it.each([
    ['https://a.test/', { HTTPS_PROXY: proxy }, proxy],
    ['http://a.test/', { HTTPS_PROXY: proxy }, undefined],
    ['http://a.test/', { HTTP_PROXY: proxy }, proxy],
    ['https://a.test/', { HTTP_PROXY: proxy }, undefined],
    ['https://a.test/', { https_proxy: proxy }, proxy],
    ['https://a.test/', { HTTPS_PROXY: 'proxy.test:3128' }, proxy],
    ['https://a.test/', { HTTPS_PROXY: '' }, undefined],
    ['https://a.test/', {}, undefined],
    ['http://127.0.0.1:5000/', { HTTP_PROXY: proxy }, undefined],
    ['http://localhost:5000/', { HTTP_PROXY: proxy }, undefined],
    ['http://[::1]:5000/', { HTTP_PROXY: proxy }, undefined],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)).toBe(expected)
  })

  it.each([
    ['https://a.test/', '*', true],
    ['https://a.test/', 'a.test', true],
    ['https://sub.a.test/', 'a.test', true],
    ['https://sub.a.test/', '.a.test', true],
    ['https://sub.a.test/', '*.a.test', true],
    ['https://a.test/', '.a.test', false],
    ['https://not-a.test/', 'a.test', false],
    ['https://a.test/', 'A.TEST', true],
    ['https://a.test/', 'x, y ,a.test', true],
    ['https://a.test/', 'x y a.test', true],
    ['https://a.test:8443/', 'a.test:8443', true],
    ['https://a.test/', 'a.test:443', true],
    ['https://a.test/', 'a.test:8443', false],
    ['https://10.1.2.3/', '10.0.0.0/8', true],
    ['https://11.1.2.3/', '10.0.0.0/8', false],
    ['https://10.1.2.3/', '10.1.2.3', true],
    ['https://10.1.2.3/', '10.0.0.0/99', false],
    ['https://10.1.2.3/', 'fd00::/8', false],
    ['https://[fd00::1]/', 'fd00::/8', true],
    ['https://[fd00::1]/', 'fd00::1', true],
    ['https://[fd00::1]:99/', '[fd00::1]:99', true],
    ['https://a.test/', '', false],
    ['https://a.test/', ',,', false],
  ])('%s is exempt by NO_PROXY=%s: %s', (url, list, isExempt) => {
    const expected = isExempt ? undefined : proxy
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: list })).toBe(expected)
  })

  it.each(['socks5://user:hidden@proxy.test', 'http://', 'http://user:hidden@:99999'])(
    'refuses %s without printing it',
    (value) => {
      const call = () => proxyFor(new URL('https://a.test/'), { HTTPS_PROXY: value })
      expect(call).toThrow(expect.objectContaining({ code: 'usage', at: 'HTTPS_PROXY' }))
      expect(call).not.toThrow('hidden')
    },
  )
})

describe('isLoopback', () => {
  it.each([
    ['http://localhost/', true],
    ['http://127.1.2.3/', true],
    ['http://[::1]/', true],
    ['http://127.0.0.1.evil.test/', false],
    ['http://localhost.evil.test/', false],
    ['http://0.0.0.0/', false],
    ['http://10.0.0.1/', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected)
  })
})
