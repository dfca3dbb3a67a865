/** What a name in the store says. */
export interface StorePath {
  /** Without a leading slash. */
  readonly path: string
  /** Of what went into its build, in the store's own base 32. */
  readonly digest: string
  readonly name: string
  /** Absent where the name has none. */
  readonly version: string | undefined
  /** Which part of the package it is; absent for the main one. */
  readonly output: string | undefined
}

/** `undefined` when the path is not one of the store, or one of a recipe (`.drv`). */
export function parseStorePath(path: string): StorePath | undefined {
  const [, digest, label] = /^nix\/store\/([0-9a-df-np-sv-z]{32})-([A-Za-z0-9+._?=-]{1,211})$/.exec(path) ?? []
  if (digest === undefined || label === undefined || label.endsWith('.drv')) return undefined
  const [, withoutOutput = label, output] = outputSuffix.exec(label) ?? []
  // As Nix itself splits: the version begins after the first dash that no letter follows.
  const dash = withoutOutput.search(/-[^A-Za-z]/)
  const version = dash === -1 ? undefined : withoutOutput.slice(dash + 1)
  const isVersion = version !== undefined && /^\d/.test(version)
  return {
    path,
    digest,
    name: isVersion ? label.slice(0, dash) : label,
    version: isVersion ? version : undefined,
    output,
  }
}

/** Outputs that nixpkgs splits packages into. */
const outputSuffix =
  /^(.{1,200})-(bin|data|debug|dev|devdoc|dist|doc|getent|info|lib|libgcc|man|modules|nc|out|py|static|terminfo|tools)$/
