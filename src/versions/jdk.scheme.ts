import { numberListKey, withoutLastZeros } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'jdk',
  title: 'Java runtimes and development kits',
  spec: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Runtime.Version.html',

  /**
   * `17.0.1+12`, and what Java 8 and older are called: `1.8.0_292-b10` and `8u292` are `8.0.292`. What a
   * builder appends (`11.0.11+9-Ubuntu-0ubuntu2`) has no place in the order.
   */
  parse(text) {
    const match = oldName.exec(text) ?? updateName.exec(text) ?? modernName.exec(text)
    if (match === null) return undefined
    const { numbers, major = '', minor = '0', update = '0', preRelease, build } = match.groups ?? {}
    return (
      numberListKey(withoutLastZeros(numbers?.split('.') ?? [major, minor, update])) +
      preReleaseKey(preRelease) +
      (build === undefined ? withoutBuild : withBuild + numberKey(build, 0, build.length))
    )
  },

  compare: compareKeys,
})

const oldName =
  /^(?:(?:jdk|jre)-?)?1\.(?<major>[1-9])(?:\.(?<minor>\d+)(?:_(?<update>\d+))?)?(?:-(?<preRelease>ea|beta|rc|internal))?(?:-[\dA-Za-z.~+-]+?)??(?:-b(?<build>\d+))?$/
const updateName =
  /^(?:(?:jdk|jre)-?)?(?<major>\d+)u(?<update>\d+)(?:-(?<preRelease>ea|beta|internal))?(?:-?b(?<build>\d+)(?:[-.][\dA-Za-z.~+-]*)?)?$/
const modernName =
  /^(?:(?:jdk|jre)-?)?(?<numbers>\d+(?:\.\d+)*)(?:-(?<preRelease>[\dA-Za-z]+))?(?:\+(?<build>\d+)?(?:-[\dA-Za-z.~+-]+)?)?(?:_openj9-[\d.]+)?$/

const numericPreRelease = '\u0001'
const namedPreRelease = '\u0002'
const release = '\u0003'
const textEnd = '\u0001'
const withoutBuild = '\u0001'
const withBuild = '\u0002'

function preReleaseKey(preRelease: string | undefined): string {
  if (preRelease === undefined) return release
  return /^\d+$/.test(preRelease)
    ? numericPreRelease + numberKey(preRelease, 0, preRelease.length)
    : namedPreRelease + preRelease + textEnd
}
