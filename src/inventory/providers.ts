/** What one package needs: of each group of alternatives one is enough. */
export type Needs = readonly (readonly string[])[]

/** Which package of one database provides what others need. */
export class Providers {
  readonly #names = new Set<string>()
  readonly #providers = new Map<string, string>()

  add(name: string, provided: readonly string[]): void {
    this.#names.add(name)
    for (const capability of provided) if (!this.#providers.has(capability)) this.#providers.set(capability, name)
  }

  /** The packages that meet the needs of `name`, each once. A need that nobody meets stays as it is written. */
  resolve(name: string, needs: Needs): readonly string[] | undefined {
    const found = new Set(needs.flatMap((alternatives) => this.#meet(alternatives) ?? []))
    found.delete(name)
    return found.size === 0 ? undefined : [...found]
  }

  #meet(alternatives: readonly string[]): string | undefined {
    const installed = alternatives.find((one) => this.#names.has(one))
    const provided = alternatives.map((one) => this.#providers.get(one)).find((one) => one !== undefined)
    return installed ?? provided ?? alternatives[0]
  }
}

/** Packages of one database that are held until all are known; beyond it the inventory gives the file up anyway. */
export const heldLimit = 200_001

/** Items of one field that are read. */
export const itemsLimit = 10_000
