import { versionSchemes } from '#versions/registry.generated.ts'

/** How a feed's versions are ordered. */
export interface VersionOrder {
  readonly isVersion: (text: string) => boolean
  /** Texts that are not versions come first, in no order of their own. */
  readonly compare: (left: string, right: string) => number
}

/** `undefined` for an ecosystem whose order Seawall does not know. */
export async function versionOrder(schemeId: string): Promise<VersionOrder | undefined> {
  const load = versionSchemes[schemeId]
  if (load === undefined) return undefined
  const { default: scheme } = await load()
  return {
    isVersion: (text) => scheme.parse(text) !== undefined,
    compare(left, right) {
      const [a, b] = [scheme.parse(left), scheme.parse(right)]
      if (a !== undefined && b !== undefined) return scheme.compare(a, b)
      return Number(a !== undefined) - Number(b !== undefined)
    },
  }
}
