/** Name and version of an entry; a version that is an address or a path is no version. */
export interface PnpmIdentity {
  readonly name: string
  readonly version: string
}

/**
 * What a key of `packages` stands for: `/@scope/name/1.0.0_peer@2.0.0` of lock file version 5,
 * `/@scope/name@1.0.0(peer@2.0.0)` of version 6 and the same without the slash of version 9. Versions 5 and 6 begin with
 * a host instead where the registry is not the usual one.
 */
export function pnpmIdentity(key: string): PnpmIdentity | undefined {
  const plain = withoutPeers(key)
  const path = plain.startsWith('/') ? plain.slice(1) : plain.replace(/^[^/@]{1,300}\//, '')
  const [, name, version] =
    /^((?:@[^/@]{1,300}\/)?[^/@]{1,300})@(.{1,1000})$/s.exec(path) ??
    /^((?:@[^/@]{1,300}\/)?[^/@]{1,300})\/([^/_]{1,1000})(?:_.{0,4000})?$/s.exec(path) ??
    []
  return name === undefined || version === undefined ? undefined : { name, version }
}

/** Suffixes in brackets tell peers and patches apart. */
export function withoutPeers(key: string): string {
  const at = key.indexOf('(')
  return at === -1 ? key : key.slice(0, at)
}

/** The name behind an alias, whose value is a whole key instead of a version. */
export function pnpmAliased(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const plain = withoutPeers(value)
  if (/^[a-z+]{2,20}:/.test(plain)) return undefined
  return plain.startsWith('/') || /^@?[^@/]{1,300}(?:\/[^@/]{1,300})?@/.test(plain)
    ? pnpmIdentity(plain)?.name
    : undefined
}
