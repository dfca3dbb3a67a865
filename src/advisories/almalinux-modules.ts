/** What the index needs of an advisory about one package. */
export interface ModularBuild {
  readonly entry: { readonly advisory: { readonly summary?: string | null | undefined } }
  readonly namespace: string
  readonly name: string
  readonly fixed: string
  readonly modules: readonly string[]
}

/** The `name:stream` pairs that a summary names: `Low: virt:rhel and virt-devel:rhel security update`. */
export function modulesOf(summary: string): readonly string[] {
  const words = summary.slice(0, 1000).split(/[\s,()]+/)
  return words.filter((word) => /^[a-z0-9][\w.+-]{0,60}:[\w.+-]{1,40}$/i.test(word) && !/^AL[A-Z]A-\d{4}:/.test(word))
}

/** Which streams each modular package has been seen in, for the few advisories that name a module without its stream. */
export class ModuleIndex {
  readonly #versions = new Map<string, Map<string, Set<string>>>()

  add({ namespace, name, fixed, modules }: ModularBuild): void {
    const key = `${namespace} ${name}`
    const streams = this.#versions.get(key) ?? new Map<string, Set<string>>()
    this.#versions.set(key, streams)
    for (const module of modules) {
      const seen = streams.get(module) ?? new Set()
      streams.set(module, seen.add(upstreamLine(fixed)))
    }
  }

  /** Streams of the module named in the summary that carry the same upstream line; if none does, all of its streams. */
  find({ entry, namespace, name, fixed }: ModularBuild): readonly string[] {
    const words = new Set((entry.advisory.summary ?? '').split(' '))
    const streams = this.#versions.get(`${namespace} ${name}`) ?? new Map<string, Set<string>>()
    const named = [...streams].filter(([module]) => words.has(module.replace(/:.*$/, '')))
    const candidates = named.length > 0 ? named : [...streams]
    const sameLine = candidates.filter(([, seen]) => seen.has(upstreamLine(fixed)))
    return (sameLine.length > 0 ? sameLine : candidates).map(([module]) => module)
  }
}

/** `1:3.1` of `1:3.1.4-143.module_el8…`. */
function upstreamLine(version: string): string {
  return /^(?:\d+:)?\d+(?:\.\d+)?/.exec(version)?.[0] ?? version
}
