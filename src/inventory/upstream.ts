/** A source package. */
export interface Source {
  readonly name: string
  readonly version: string
}

/** The `upstream` qualifier, where other tools look for the source: `name` or `name@version`, as far as they differ. */
export function upstreamQualifier(source: Source, name: string, version: string): string | undefined {
  if (source.version !== version) return `${source.name}@${source.version}`
  return source.name === name ? undefined : source.name
}
