import { SaxesParser } from 'saxes'
import { Problem } from './errors.ts'

/** One element; comments and processing instructions are left out. */
export interface XmlElement {
  /** As it is written, with its prefix if it has one. */
  readonly name: string
  /** Without prefix. */
  readonly localName: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Character data directly in it, joined and trimmed. */
  readonly text: string
}

const depthLimit = 200
const elementsLimit = 500_000

/**
 * The root of an XML 1.0 document that came from outside. Entities other than the five that XML knows are not expanded:
 * a document that uses them, or is not well-formed, throws `malformed`; too deep or too many elements `limit_exceeded`.
 */
export function parseXml(text: string, at: string): XmlElement {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false })
  const builder = new TreeBuilder(at)
  parser.on('opentag', ({ name, attributes }) => builder.open(name, attributes))
  parser.on('text', (data) => builder.write(data))
  parser.on('cdata', (data) => builder.write(data))
  parser.on('closetag', () => builder.close())
  parser.on('error', (cause) => {
    throw new Problem('malformed', `this is not XML: ${cause.message.slice(0, 200)}`, { at, cause })
  })
  parser.write(text.replace(/^\uFEFF/, '')).close()
  return builder.root()
}

/** The children of that name, whatever their prefix. */
export function childrenOf(element: XmlElement | undefined, localName: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.localName === localName) ?? []
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, localName: string): XmlElement | undefined {
  return element?.children.find((child) => child.localName === localName)
}

/** Text of the first child of that name; `undefined` where there is none or it is empty. */
export function textOf(element: XmlElement | undefined, localName: string): string | undefined {
  const text = childOf(element, localName)?.text
  return text === '' ? undefined : text
}

interface OpenElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  readonly texts: string[]
}

class TreeBuilder {
  readonly #at: string
  readonly #open: OpenElement[] = []
  #root: XmlElement | undefined
  #elements = 0

  constructor(at: string) {
    this.#at = at
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#elements += 1
    if (this.#open.length >= depthLimit) this.#refuse(`XML that is deeper than ${depthLimit}`)
    if (this.#elements > elementsLimit) this.#refuse(`XML with more than ${elementsLimit} elements`)
    this.#open.push({ name, attributes, children: [], texts: [] })
  }

  write(text: string): void {
    this.#open.at(-1)?.texts.push(text)
  }

  close(): void {
    const last = this.#open.pop()
    if (last === undefined) return
    const { name, attributes, children, texts } = last
    const localName = name.slice(name.indexOf(':') + 1)
    const element = { name, localName, attributes, children, text: texts.join('').trim() }
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
  }

  root(): XmlElement {
    if (this.#root === undefined) throw new Problem('malformed', 'this is not XML: it has no root', { at: this.#at })
    return this.#root
  }

  #refuse(what: string): never {
    throw new Problem('limit_exceeded', what, { at: this.#at })
  }
}
