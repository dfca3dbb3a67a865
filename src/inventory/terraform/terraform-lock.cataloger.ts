import { Problem } from '#kit/errors.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { type HclToken, hclTokens } from './hcl-token.ts'

/** Of the hashes those of archives (`zh:`) are SHA-256; `h1:` is a hash over the files in it. */
export default defineCataloger({
  id: 'terraform-lock',
  version: 1,
  ecosystem: 'terraform',
  proves: 'locked',
  title: 'Terraform and OpenTofu lock file (.terraform.lock.hcl)',
  spec: 'https://developer.hashicorp.com/terraform/language/files/dependency-lock',
  files: ['**/.terraform.lock.hcl'],
  finds: ['packages', 'hashes'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(hclTokens(await file.text(), location), location), location)
  },
})

function* outcomesOf(tokens: readonly HclToken[], location: string): Generator<Outcome> {
  for (let index = 0; index < tokens.length; ) {
    const [keyword, address, brace] = tokens.slice(index, index + 3)
    const isBlock = keyword?.kind === 'word' && address?.kind === 'text' && isMark(brace, '{')
    if (!isBlock) throw new Problem('malformed', 'this is not a Terraform lock file', { at: location })
    const block = readBlock(tokens, index + 3)
    index = block.end
    yield keyword.text === 'provider' ? providerOf(address.text, block.texts, location) : 'left-out'
  }
}

interface Block {
  readonly texts: ReadonlyMap<string, readonly string[]>
  /** Index behind its closing brace. */
  readonly end: number
}

/** The strings of each attribute, in a list or not. */
function readBlock(tokens: readonly HclToken[], start: number): Block {
  const texts = new Map<string, string[]>()
  let values: string[] | undefined
  let end = start
  for (; end < tokens.length && !isMark(tokens[end], '}'); end++) {
    const token = tokens[end]
    if (token?.kind === 'word' && isMark(tokens[end + 1], '=')) {
      values = []
      texts.set(token.text, values)
    } else if (token?.kind === 'text') values?.push(token.text)
  }
  return { texts, end: end + 1 }
}

function isMark(token: HclToken | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}

function providerOf(address: string, texts: Block['texts'], location: string): Outcome {
  const parts = address.split('/')
  const [version] = texts.get('version') ?? []
  if (version === undefined) return 'no-version'
  if (parts.length !== 3 || parts.some((part) => !/^[\w.:-]{1,200}$/.test(part))) return 'unreadable'
  const purl = { namespace: parts.slice(0, 2).join('/'), name: parts[2] ?? '' }
  const hashes = (texts.get('hashes') ?? []).flatMap(archiveHash)
  return listedPackage({ name: address, version, ecosystem: 'terraform', hashes, purl }, location) ?? 'unreadable'
}

function archiveHash(text: string): PackageHash[] {
  const value = /^zh:([0-9a-f]{64})$/.exec(text)?.[1]
  return value === undefined ? [] : [{ algorithm: 'sha256', value }]
}
