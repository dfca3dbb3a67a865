import { BlockList, isIP } from 'node:net'
import { Problem } from './errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY choose for a URL; loopback is never sent through one. */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const setting = url.protocol === 'https:' ? variable(env, 'HTTPS_PROXY') : variable(env, 'HTTP_PROXY')
  if (setting === undefined || isLoopback(url) || isExempt(url, variable(env, 'NO_PROXY') ?? '')) return undefined
  const text = setting.includes('://') ? setting : `http://${setting}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy.href
  throw new Problem('usage', 'the proxy is not an http:// or https:// address', {
    at: url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY',
    hint: 'Write it as http://host:port.',
  })
}

/** True for addresses that cannot leave this machine. */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function variable(env: Environment, name: string): string | undefined {
  const value = env[name.toLowerCase()] ?? env[name]
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return list.split(/[\s,]/).some((entry) => covers(entry.toLowerCase(), host, port))
}

/** An entry is `*`, a domain with its subdomains, an address or an address block; the first two may carry a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  if (isIP(host) !== 0 && entry.includes('/')) return isInBlock(host, entry)
  const [, name = entry, entryPort] = /^(\[[^\]]{1,64}\]|[^:]{1,255}):(\d{1,5})$/.exec(entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  const domain = bare.replace(/^\*?\./, '')
  return host.endsWith(`.${domain}`) || (host === domain && bare === domain)
}

function isInBlock(host: string, entry: string): boolean {
  const [address = '', bits = ''] = entry.split('/', 2)
  const family = isIP(address)
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return false
  }
  const block = new BlockList()
  block.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return block.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
