import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-crates',
  title: 'RustSec advisories (OSV)',
  licence: 'CC0-1.0 and CC-BY-4.0',
  homepage: 'https://rustsec.org/',
  ecosystem: 'crates.io',
  namespace: 'crates.io',
  scheme: 'semver',
})
