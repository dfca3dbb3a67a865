import { expect, it } from 'vitest'
import { type Ecosystem, ecosystemFacts, ecosystems } from '#model/ecosystem.ts'
import { versionSchemes } from './registry.generated.ts'

const named = (Object.keys(ecosystems) as Ecosystem[]).flatMap((ecosystem) => {
  const { scheme } = ecosystemFacts(ecosystem)
  return scheme === undefined ? [] : [{ ecosystem, scheme }]
})

it.each(named)('versions of $ecosystem are ordered by a scheme that exists: $scheme', ({ scheme }) => {
  expect(Object.keys(versionSchemes)).toContain(scheme)
})

it('finds the schemes that the table names', () => {
  expect(named.length).toBeGreaterThan(30)
})
