import { numberListKey, withoutLastZeros } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys, numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'openssl',
  title: 'OpenSSL',
  spec: 'https://openssl-library.org/policies/releasestrat/',

  /**
   * `1.0.2zb`: patch letters go on after `z` with `za`. Development versions and pre-releases come before
   * the release; what builders append (`1.1.1k-fips`, `1.1.1w+quic`) names the same release.
   */
  parse(text) {
    const match =
      /^(?:openssl[ _-])?v?(?<numbers>\d+(?:\.\d+)*)(?<letters>(?:(?!alpha|beta|dev|pre|rc)[a-z]{1,3})?)(?:-?(?<stage>dev|alpha|beta|pre|rc)[.-]?(?<number>\d*))?(?:[-+~][\dA-Za-z.+~-]*)?$/i.exec(
        text,
      )
    if (match === null) return undefined
    const { numbers = '', letters = '', stage, number = '' } = match.groups ?? {}
    return (
      numberListKey(withoutLastZeros(numbers.split('.'))) +
      (letters.toLowerCase() + textEnd) +
      (stage === undefined ? release : stageKey(stage.toLowerCase()) + numberKey(number, 0, number.length))
    )
  },

  compare: compareKeys,
})

const textEnd = '\u0001'
const stages = ['dev', 'alpha', 'beta', 'pre', 'rc']
const release = '\u0006'

function stageKey(stage: string): string {
  return String.fromCharCode(1 + stages.indexOf(stage))
}
