import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-rubygems',
  title: 'RubyGems advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Arubygems',
  ecosystem: 'RubyGems',
  namespace: 'rubygems',
  scheme: 'rubygems',
})
