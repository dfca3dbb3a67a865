import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { formatPurl, type Purl, parsePurl } from '#model/purl.ts'
import { describeShared, shared } from '../helpers/components.ts'

interface Parts {
  readonly type: string | null
  readonly namespace: string | null
  readonly name: string | null
  readonly version: string | null
  readonly qualifiers: Readonly<Record<string, string>> | null
  readonly subpath: string | null
}

interface Case {
  readonly description: string
  readonly test_type: 'parse' | 'build' | 'validate'
  readonly input: string | Parts
  readonly expected_output: string | Parts | null
  readonly expected_failure: boolean
}

const mixedCaseKey =
  'the suite refuses upper-case qualifier keys here and accepts them for maven; we accept them everywhere, in lower case'

/** Inputs that should fail to parse and do not, and why. */
const deviations: Readonly<Record<string, string>> = {
  'pkg:gem/jruby-launcher@1.1.2?Platform=java': mixedCaseKey,
  'pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25': mixedCaseKey,
}

const folder = shared('specs', 'purl', 'tests')
const files = globSync('{spec,types}/*.json', { cwd: folder }).toSorted()

describeShared('purl-spec test suite', () => {
  const cases = files.flatMap((file) => {
    const suite = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { tests: Case[] }
    return suite.tests.map((test, index) => ({
      ...test,
      title: `${file} ${index}: ${test.test_type} ${JSON.stringify(test.input)}`,
    }))
  })

  it('has cases', () => expect(cases.length).toBeGreaterThan(500))

  it.each(cases.filter((test) => !isDeviation(test)))('$title', (test) => {
    expect(run(test)).toEqual(test.expected_failure ? undefined : test.expected_output)
  })

  it.each(cases.filter(isDeviation))('deviates: $title', (test) => {
    expect(run(test)).toBeDefined()
  })
})

function isDeviation({ test_type, input, expected_failure }: Case): boolean {
  return test_type === 'parse' && expected_failure && typeof input === 'string' && input in deviations
}

function run({ test_type, input }: Case): unknown {
  if (typeof input !== 'string') return built(input)
  const purl = parsePurl(input)
  if (purl === undefined) return undefined
  return test_type === 'validate' ? formatPurl(purl) : asParts(purl)
}

function built({ type, namespace, name, version, qualifiers, subpath }: Parts): string | undefined {
  try {
    return formatPurl({
      type: type ?? '',
      namespace: namespace ?? undefined,
      name: name ?? '',
      version: version ?? undefined,
      qualifiers: qualifiers ?? undefined,
      subpath: subpath ?? undefined,
    })
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function asParts({ type, namespace, name, version, qualifiers, subpath }: Purl): Parts {
  const given = Object.keys(qualifiers ?? {}).length === 0 ? null : ({ ...qualifiers } as Record<string, string>)
  return {
    type,
    namespace: namespace ?? null,
    name,
    version: version ?? null,
    qualifiers: given,
    subpath: subpath ?? null,
  }
}
