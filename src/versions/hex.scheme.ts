import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'hex',
  title: 'Hex packages for Erlang and Elixir',
  spec: 'https://hexdocs.pm/elixir/Version.html',
  parse: (text) => semverKey(text),
  compare: compareSemver,
})
