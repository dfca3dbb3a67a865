/** `name-1.2.3`, with the revision of its Cabal file behind an `@` if there is one; `undefined` when it is none. */
export function parseIdentifier(text: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^([A-Za-z0-9][A-Za-z0-9-]{0,200})-(\d[\d.]{0,100})(?:@.{0,400})?$/.exec(text.trim()) ?? []
  return name === undefined || version === undefined ? undefined : { name, version }
}
