import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { type PhpValue, readSerialized } from './serialized.ts'

/** One file per package: of the channel pear.php.net in the folder itself, of another in a folder named for it. */
export default defineCataloger({
  id: 'pear-registry',
  version: 1,
  ecosystem: 'pecl',
  proves: 'installed',
  title: 'Installed PEAR and PECL packages (registry)',
  spec: 'https://pear.php.net/manual/en/core.pear.pear-registry.php',
  files: ['**/.registry/*.reg', '**/.registry/.channel.*/*.reg'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const entry = readSerialized(await file.bytes())
    const found = listedPackage(
      {
        ecosystem: 'pecl',
        name: textOf(member(entry, 'name') ?? member(entry, 'package')),
        version: textOf(member(entry, 'version', 'release') ?? member(entry, 'version')),
        licences: licencesOf(entry),
        dependencies: dependenciesOf(entry),
        purl: { namespace: textOf(member(entry, 'channel')) || 'pear.php.net' },
      },
      location,
    )
    return [
      found === undefined
        ? { unknown: { path: location, reason: 'a PEAR package without a proper name or version' } }
        : { package: found },
    ]
  },
})

function member(value: PhpValue | undefined, ...keys: readonly string[]): PhpValue | undefined {
  let found = value
  for (const key of keys) found = found instanceof Map ? found.get(key) : undefined
  return found
}

function textOf(value: PhpValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** A text, or a map when the XML element that it was had attributes; `release_license` in version 1. */
function licencesOf(entry: PhpValue): string[] {
  const licence = member(entry, 'license') ?? member(entry, 'release_license')
  const text = textOf(licence) || textOf(member(licence, '_content'))
  return text === '' ? [] : [text]
}

/** One dependency is a map of its own, several are a list of such maps. */
function dependenciesOf(entry: PhpValue): string[] {
  const needed = member(entry, 'dependencies', 'required', 'package')
  const list = textOf(member(needed, 'name')) === '' && needed instanceof Map ? [...needed.values()] : [needed]
  return list.map((one) => textOf(member(one, 'name'))).filter((name) => name !== '')
}
