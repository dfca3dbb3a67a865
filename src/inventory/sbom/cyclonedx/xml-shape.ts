import { Problem } from '#kit/errors.ts'
import type { XmlElement } from '#kit/xml.ts'

/** How the content of one element becomes JSON. */
export type XmlContent = 'text' | 'boolean' | 'integer' | 'ignored' | XmlShape | XmlList | XmlSpecial

/** An element with attributes and children, or with attributes and text. */
export interface XmlShape {
  /** Attribute names that are read, and the member each becomes. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly booleans?: readonly string[]
  /** Member that the text becomes; elements with text have no children. */
  readonly text?: string
  /** Each at most once. Getters let shapes contain themselves. */
  readonly children?: () => Readonly<Record<string, XmlContent>>
}

/** An element that holds elements of one name. */
export interface XmlList {
  readonly each: string
  readonly as: () => XmlContent
}

/** What follows no rule. */
export interface XmlSpecial {
  readonly read: (element: XmlElement, reader: XmlReader) => unknown
}

/** Turns elements of one namespace into JSON; elements of others are extensions, and left out. */
export class XmlReader {
  readonly #prefix: string
  readonly #at: string

  constructor(root: XmlElement, at: string) {
    this.#prefix = prefixOf(root)
    this.#at = at
  }

  read(element: XmlElement, content: XmlContent): unknown {
    if (content === 'text') return element.text
    if (content === 'ignored') return undefined
    if (content === 'boolean') return booleanOf(element.text)
    if (content === 'integer') return integerOf(element.text)
    if ('read' in content) return content.read(element, this)
    if ('each' in content) return this.#list(element, content)
    return this.#object(element, content)
  }

  /** Children of our namespace. */
  children(element: XmlElement): readonly XmlElement[] {
    return element.children.filter(
      (child) => prefixOf(child) === this.#prefix && child.attributes['xmlns'] === undefined,
    )
  }

  refuse(what: string): never {
    throw new Problem('malformed', what, { at: this.#at })
  }

  #list(element: XmlElement, { each, as }: XmlList): unknown[] {
    const content = as()
    return this.children(element).map((child) => {
      if (child.localName !== each) this.refuse(`<${element.localName}> cannot hold <${child.localName}>`)
      return this.read(child, content)
    })
  }

  #object(element: XmlElement, { attributes = {}, booleans = [], text, children }: XmlShape): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    for (const [attribute, member] of Object.entries(attributes)) {
      const given = element.attributes[attribute]
      if (given !== undefined) value[member] = booleans.includes(attribute) ? booleanOf(given) : given
    }
    if (text !== undefined) value[text] = element.text
    else this.#members(element, children?.() ?? {}, value)
    return value
  }

  #members(element: XmlElement, known: Readonly<Record<string, XmlContent>>, value: Record<string, unknown>): void {
    const seen = new Set<string>()
    for (const child of this.children(element)) {
      const name = child.localName
      const content = Object.hasOwn(known, name) ? known[name] : undefined
      if (content === undefined) this.refuse(`<${element.localName}> cannot hold <${name}>`)
      if (seen.has(name)) this.refuse(`<${element.localName}> holds <${name}> twice`)
      seen.add(name)
      const read = this.read(child, content)
      if (read !== undefined) value[name] = read
    }
  }
}

function prefixOf({ name }: XmlElement): string {
  const colon = name.indexOf(':')
  return colon === -1 ? '' : name.slice(0, colon)
}

/** Anything else stays text, which the check of the value refuses. */
function booleanOf(text: string): boolean | string {
  const values: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false }
  return values[text.trim()] ?? text
}

function integerOf(text: string): number | string {
  return /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : text
}
