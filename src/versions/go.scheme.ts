import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'go',
  title: 'Go modules and the Go toolchain',
  spec: 'https://go.dev/ref/mod#versions',

  /** A module version, with or without its `v`, or a toolchain version such as `go1.20rc1` or `1.19.8`. */
  parse(text) {
    return semverKey(text.startsWith('v') ? text.slice(1) : text) ?? semverKey(toolchainAsSemver(text))
  },

  compare: compareSemver,
})

/**
 * `go1.20rc1` is `1.20.0-rc.1`, as the Go vulnerability database writes it. What builders append
 * (`go1.20.6-google`, `go1.22.5 X:boringcrypto`) names the same release.
 */
function toolchainAsSemver(text: string): string {
  const match = /^(?:go)?(?<release>\d+(?:\.\d+){1,2})(?:(?<stage>alpha|beta|rc)(?<number>\d+))?(?:[ +-].*)?$/.exec(
    text,
  )
  const { release = '', stage, number } = match?.groups ?? {}
  return stage === undefined ? release : `${release}-${stage}.${number}`
}
