import { type PaddedItem, paddedKey, textOrNumberItem, zeroItem } from './padded-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'conda',
  title: 'conda packages',
  spec: 'https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html',

  /** `[epoch!]version[+local]`, in parts between dots, each part in runs of digits and of other characters. */
  parse(text) {
    const plain = text.includes('_') ? text : text.replaceAll('-', '_')
    const match = /^(?:(?<epoch>\d+)!)?(?<version>[\d*.A-Z_a-z]+)(?:\+(?<local>[\d*.A-Z_a-z]+))?$/.exec(plain)
    if (match === null) return undefined
    const { epoch = '', version = '', local } = match.groups ?? {}
    const versionParts = partsOf(version.toLowerCase())
    const localParts = local?.toLowerCase().split(/[._]/) ?? []
    if (versionParts.includes('') || localParts.includes('')) return undefined
    return (
      numberKey(epoch, 0, epoch.length) + paddedKey(versionParts.map(partItem)) + paddedKey(localParts.map(partItem))
    )
  },

  compare: compareKeys,
})

/** A `_` at the end stays, so that `1.0.1_` comes before `1.0.1a`, as OpenSSL needs it. */
function partsOf(version: string): readonly string[] {
  return version.endsWith('_')
    ? version
        .slice(0, -1)
        .split(/[._]/)
        .map((part, i, parts) => (i === parts.length - 1 ? `${part}_` : part))
    : version.split(/[._]/)
}

const infinite: PaddedItem = { sign: 1, key: '\uffff' }
const zeroKey = paddedKey([])

function partItem(part: string): PaddedItem {
  const runs = (part.match(/\d+|\*+|[^\d*]+/g) ?? []).map(runItem)
  const key = paddedKey(/^\d/.test(part) ? runs : [zeroItem, ...runs])
  return { sign: key < zeroKey ? -1 : key > zeroKey ? 1 : 0, key }
}

function runItem(run: string): PaddedItem {
  if (run === 'post') return infinite
  return textOrNumberItem(run === 'dev' ? 'DEV' : run)
}
