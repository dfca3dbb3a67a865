import { linesOf } from '../text-lines.ts'
import { normaliseLicence } from './normalise.ts'
import type { Recogniser } from './recognition.ts'

/** What one file says of licences. */
export interface FoundLicence {
  /** An SPDX expression, or a name where that is not certain. */
  readonly licence: string
  /** Of a text that was recognised: the share of the licence that is there. */
  readonly likeness?: number
}

/** A file of more names is no copyright file. */
const licencesLimit = 200

/** Licences of a Debian copyright file: by name where it has the machine-readable form (DEP-5), else by text. */
export function copyrightLicences(text: string, recogniser: Recogniser): readonly FoundLicence[] {
  if (!/^Format(?:-Specification)?:/im.test(text.slice(0, 2000))) return proseLicences(text, recogniser)
  const stanzas = licenceStanzas(text)
  const texts = new Map(stanzas.filter((stanza) => stanza.text !== '').map((stanza) => [stanza.name, stanza.text]))
  const names = new Set(stanzas.filter(({ isGranted }) => isGranted).map(({ name }) => name))
  return distinct([...names].slice(0, licencesLimit).flatMap((name) => ofName(name, texts.get(name), recogniser)))
}

/** Recognised texts, and those that are named as lying in the folder that every Debian system has them in. */
function proseLicences(text: string, recogniser: Recogniser): readonly FoundLicence[] {
  const pointers = text.slice(0, 600_000).matchAll(/\/usr\/share\/common-licenses\/([A-Za-z0-9][A-Za-z0-9.-]{0,40})/g)
  const names = new Set([...pointers].map(([, name = '']) => name.replace(/[.-]{1,40}$/, '')))
  const named = [...names].slice(0, licencesLimit).map((name) => ({ licence: normaliseLicence(name, 'deb') ?? name }))
  return distinct([...recognised(text, recogniser), ...named])
}

function ofName(name: string, text: string | undefined, recogniser: Recogniser): readonly FoundLicence[] {
  const expression = normaliseLicence(name, 'deb')
  if (expression !== undefined) return [{ licence: expression }]
  const found = text === undefined ? [] : recognised(text, recogniser)
  return found.length === 0 ? [{ licence: name }] : found
}

export function recognised(text: string, recogniser: Recogniser): FoundLicence[] {
  return recogniser.recognise(text).map(({ id, likeness }) => ({ licence: id, likeness }))
}

/** Each once, the first that says it. */
function distinct(found: readonly FoundLicence[]): readonly FoundLicence[] {
  return [...new Map(found.toReversed().map((one) => [one.licence, one])).values()].toReversed()
}

interface Stanza {
  readonly name: string
  readonly text: string
  /** Said of files, or of all; a stanza without files only has the text. */
  readonly isGranted: boolean
}

function licenceStanzas(text: string): Stanza[] {
  const stanzas: Stanza[] = []
  let name: string | undefined
  let lines: string[] = []
  let isGranted = false
  let isInLicence = false
  const end = () => {
    if (name !== undefined && name !== '') stanzas.push({ name, text: lines.join('\n'), isGranted })
    name = undefined
    lines = []
    isGranted = false
    isInLicence = false
  }
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      end()
    } else if (/^\s/.test(line)) {
      if (isInLicence) lines.push(line === ' .' ? '' : line)
    } else {
      const [, field = '', value = ''] = /^([A-Za-z-]{1,40}):(.{0,500})/.exec(line) ?? []
      isInLicence = field.toLowerCase() === 'license'
      if (isInLicence) name = value.trim()
      if (/^(?:files|format)$/i.test(field)) isGranted = true
    }
  }
  end()
  return stanzas
}
