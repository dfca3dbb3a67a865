import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-julia',
  title: 'Julia advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/JuliaLang/SecurityAdvisories.jl',
  ecosystem: 'Julia',
  namespace: 'julia',
  scheme: 'semver',
})
