import { expect, it } from 'vitest'
import { parseStorePath } from './store-path.ts'

const digest = 'dy6mmz96aq1p0brg5m2125vlxp82rvhw'

it.each([
  ['zlib-1.3.1', 'zlib', '1.3.1', undefined],
  ['glibc-2.38-44-bin', 'glibc', '2.38-44', 'bin'],
  ['python3-3.11.6', 'python3', '3.11.6', undefined],
  ['python3.11-pip-23.2.1-dist', 'python3.11-pip', '23.2.1', 'dist'],
  ['ca-certificates-bundle', 'ca-certificates-bundle', undefined, undefined],
  ['gcc-13.2.0-lib', 'gcc', '13.2.0', 'lib'],
  ['libc-dev', 'libc-dev', undefined, 'dev'],
  ['hello-2.12.1-fish-completions', 'hello', '2.12.1-fish-completions', undefined],
  ['odd-+x', 'odd-+x', undefined, undefined],
])('%s is %s, version %s, output %s', (label, name, version, output) => {
  expect(parseStorePath(`nix/store/${digest}-${label}`)).toMatchObject({ digest, name, version, output })
})

it.each([
  `nix/store/${digest}-zlib-1.3.1.drv`,
  'nix/store/.links',
  'nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-zlib-1.3.1',
  `opt/store/${digest}-zlib-1.3.1`,
  `nix/store/${digest}-zlib-1.3.1/bin`,
])('%s is no path of a package', (path) => {
  expect(parseStorePath(path)).toBeUndefined()
})
