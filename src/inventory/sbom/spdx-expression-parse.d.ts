declare module 'spdx-expression-parse' {
  export interface SimpleLicence {
    readonly license: string
    readonly plus?: true
    readonly exception?: string
  }
  export interface CompoundLicence {
    readonly left: Licence
    readonly conjunction: 'and' | 'or'
    readonly right: Licence
  }
  export type Licence = SimpleLicence | CompoundLicence
  /** Throws when the text is no SPDX licence expression. */
  export default function parse(text: string): Licence
}
