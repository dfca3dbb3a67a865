import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import composer from '#versions/composer.scheme.ts'
import cpan from '#versions/cpan.scheme.ts'
import cran from '#versions/cran.scheme.ts'
import hex from '#versions/hex.scheme.ts'
import luarocks from '#versions/luarocks.scheme.ts'
import maven from '#versions/maven.scheme.ts'
import pacman from '#versions/pacman.scheme.ts'
import pep440 from '#versions/pep440.scheme.ts'
import rubygems from '#versions/rubygems.scheme.ts'
import { describeWith, hasProgram } from '../helpers/components.ts'
import { deniedByMaven } from '../helpers/maven-deviations.ts'
import { type Pair, pairsOf, verdictOf } from '../helpers/version-pairs.ts'

/** Numbers, then some of the endings: near each other, so that the last of them decides. */
function versions(numbers: RegExp, endings: readonly string[]): fc.Arbitrary<string> {
  const tail = fc.array(fc.constantFrom(...endings), { maxLength: 3 })
  return fc.tuple(fc.stringMatching(numbers), tail).map(([head, parts]) => head + parts.join(''))
}

/** One run of a program that reads pairs and prints `<`, `=`, `>`, or `?` where it refuses one of them. */
function verdictsOf(program: string, args: readonly string[], pairs: readonly Pair[]): string[] {
  const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('')
  const output = execFileSync(program, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return output.trim().split('\n')
}

interface Comparison {
  readonly pairs: readonly Pair[]
  /** What the tool says of each pair. */
  readonly verdicts: readonly string[]
  readonly scheme: Parameters<typeof verdictOf>[0]
}

/** Where both take the versions but order them differently. */
function disagreements({ pairs, verdicts, scheme }: Comparison): string[] {
  expect(verdicts).toHaveLength(pairs.length)
  return pairs.flatMap((pair, i) => {
    const verdict = verdictOf(scheme, ...pair)
    return verdicts[i] === '?' || verdict === verdicts[i] ? [] : [`${pair.join(` ${verdict} `)}, not ${verdicts[i]}`]
  })
}

function acceptedBy({ verdicts }: Comparison): number {
  return verdicts.filter((verdict) => verdict !== '?').length
}

describeWith(['ruby'], 'rubygems versions and Gem::Version', () => {
  it('agree on thousands of pairs', () => {
    const pairs = pairsOf(versions(/^[0-2](\.[0-2]){0,3}$/, ['.a', '.rc', '.1', '.0', 'b', '2', '-x', '.pre']), 8000)
    const script = `STDIN.each_line { |line|
      a, b = line.split
      begin puts %w[= > <][Gem::Version.new(a) <=> Gem::Version.new(b)]
      rescue ArgumentError then puts '?' end
    }`
    const compared = { pairs, verdicts: verdictsOf('ruby', ['-e', script], pairs), scheme: rubygems }
    expect(acceptedBy(compared)).toBeGreaterThan(4000)
    expect(disagreements(compared)).toEqual([])
  })
})

describeWith(['php'], 'composer versions and version_compare', () => {
  it('agree on thousands of pairs', () => {
    const endings = ['-dev', '-alpha', 'beta', '.1', 'RC', '.0', 'b', '2', '-y', 'pl', '-p1', '+5', '_3', '~', 'Beta']
    const pairs = pairsOf(versions(/^[0-2](\.[0-2]){0,3}$/, endings), 8000).filter(isPartedInside)
    const script =
      'while (($line = fgets(STDIN)) !== false) { [$a, $b] = explode(" ", trim($line)); echo ["<", "=", ">"][version_compare($a, $b) + 1], "\\n"; }'
    const verdicts = verdictsOf('php', ['-r', script], pairs)
    expect(pairs.length).toBeGreaterThan(5000)
    expect(disagreements({ pairs, verdicts, scheme: composer })).toEqual([])
  })
})

/** What PHP and vercmp say of separators at the end goes in circles. */
function isPartedInside(pair: Pair): boolean {
  return pair.every((version) => !/[._+~-](?:-|$)/.test(version))
}

describeWith(['vercmp', 'sh'], 'pacman versions and vercmp', () => {
  it('agree on thousands of pairs', () => {
    const version = fc.stringMatching(/^[ab012][ab012._+~]{0,4}[ab012]$/)
    const whole = fc
      .tuple(fc.constantFrom('', '', '1:', '0:'), version, fc.constantFrom('-1', '-2', '-1.1'))
      .map((parts) => parts.join(''))
    const pairs = pairsOf(whole, 4000).filter(isPartedInside)
    const script = 'while read -r a b; do vercmp "$a" "$b"; done'
    const verdicts = verdictsOf('sh', ['-c', script], pairs).map((sign) => '<=>'.charAt(Math.sign(Number(sign)) + 1))
    expect(pairs.length).toBeGreaterThan(2000)
    expect(disagreements({ pairs, verdicts, scheme: pacman })).toEqual([])
  })
})

const python = '/usr/bin/python3'

function hasModule(name: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function pythonScript(parser: string): string {
  return `import sys
${parser}
for line in sys.stdin:
  try:
    a, b = map(parse, line.split())
  except InvalidVersion:
    print('?')
    continue
  print('<' if a < b else '>' if a > b else '=')`
}

describe.skipIf(!hasModule('packaging'))('pep440 versions and packaging (needs python3-packaging)', () => {
  it('agree on thousands of pairs', () => {
    const endings = [
      'a1',
      'b',
      'rc2',
      '.alpha1',
      '-pre',
      '_preview2',
      '.post1',
      '-1',
      '.rev',
      'r3',
      '.dev1',
      '+a',
      '+1.a',
    ]
    const pairs = pairsOf(versions(/^(?:1!|v)?[0-2](?:\.[0-2]){0,2}$/, [...endings, 'c', '.0', '+01']), 12_000)
    const script = pythonScript('from packaging.version import Version as parse, InvalidVersion')
    const compared = { pairs, verdicts: verdictsOf(python, ['-c', script], pairs), scheme: pep440 }
    expect(acceptedBy(compared)).toBeGreaterThan(3000)
    expect(disagreements(compared)).toEqual([])
  })
})

const legacyModule = 'pip._vendor.packaging.version'

describe.skipIf(!hasLegacyVersions())('legacy Python versions and pip (needs python3-pip before 23.1)', () => {
  it('agree on thousands of pairs', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '.',
      '-',
      'a',
      'rc',
      'pre',
      'dev',
      'final',
      '.svn',
      'x',
      '_',
      '+',
      '10',
      '00',
      'T',
    )
    const pairs = pairsOf(
      fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('')),
      10_000,
    )
    const script = pythonScript(`from ${legacyModule} import parse, InvalidVersion`)
    const verdicts = verdictsOf(python, ['-W', 'ignore', '-c', script], pairs)
    expect(disagreements({ pairs, verdicts, scheme: pep440 })).toEqual([])
  })
})

function hasLegacyVersions(): boolean {
  try {
    execFileSync(python, ['-c', `from ${legacyModule} import LegacyVersion`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describeWith(['Rscript'], 'cran versions and compareVersion', () => {
  it('agree on thousands of pairs', () => {
    const pairs = pairsOf(fc.stringMatching(/^[0-2](?:[.-][0-2]{1,2}){1,4}$/), 4000).filter((pair) =>
      pair.every((version) => /^\d+(?:[.-]\d+)+$/.test(version)),
    )
    const script = `pairs <- strsplit(readLines(file("stdin")), " ")
cat(sapply(pairs, function(p) c("<", "=", ">")[compareVersion(p[1], p[2]) + 2]), sep = "\\n")`
    const verdicts = verdictsOf('Rscript', ['-e', script], pairs)
    expect(pairs.length).toBeGreaterThan(2000)
    expect(disagreements({ pairs, verdicts, scheme: cran })).toEqual([])
  })
})

describeWith(['elixir'], 'hex versions and Elixir', () => {
  it('agree on thousands of pairs', () => {
    const endings = ['-a', '-1', '.b', '.2', '-rc.1', '+b', '.a1', '-']
    const pairs = pairsOf(versions(/^[0-2]\.[0-2]\.[0-2]$/, endings), 12_000)
    const script = `IO.stream(:stdio, :line) |> Enum.each(fn line ->
      [a, b] = String.split(line)
      verdict =
        with {:ok, x} <- Version.parse(a), {:ok, y} <- Version.parse(b),
          do: %{lt: "<", gt: ">", eq: "="}[Version.compare(x, y)],
          else: (:error -> "?")
      IO.puts(verdict)
    end)`
    const compared = { pairs, verdicts: verdictsOf('elixir', ['-e', script], pairs), scheme: hex }
    expect(acceptedBy(compared)).toBeGreaterThan(2000)
    expect(disagreements(compared)).toEqual([])
  })
})

describeWith(['lua5.1', 'luarocks'], 'luarocks versions and LuaRocks', () => {
  it('agree on thousands of pairs', () => {
    const endings = ['a', 'rc1', 'alpha', 'beta2', 'pre', 'scm', 'cvs', 'dev', '.x', '_3', '.0']
    const version = fc
      .tuple(versions(/^[0-2](?:\.[0-2]{1,2}){0,2}$/, endings), fc.constantFrom('-1', '-2'))
      .map((parts) => parts.join(''))
    const pairs = pairsOf(version, 8000).filter((pair) => pair.every((text) => /-[12]$/.test(text)))
    const script = `local vers = require("luarocks.core.vers")
for line in io.lines() do
  local a, b = line:match("(%S+) (%S+)")
  a, b = vers.parse_version(a), vers.parse_version(b)
  print(a < b and "<" or b < a and ">" or "=")
end`
    const verdicts = verdictsOf('lua5.1', ['-e', script], pairs)
    expect(pairs.length).toBeGreaterThan(5000)
    expect(disagreements({ pairs, verdicts, scheme: luarocks })).toEqual([])
  })
})

describeWith(['perl'], 'cpan versions and version.pm', () => {
  it('agree on thousands of pairs', () => {
    const version = fc.oneof(
      ...[/^v[0-2](?:\.\d{1,3}){1,3}$/, /^[0-2]\.\d{0,7}$/, /^[0-2]?(?:\.\d{1,2}){2,3}$/, /^[0-2]\.\d\d_\d{1,2}$/].map(
        (pattern) => fc.stringMatching(pattern),
      ),
    )
    const pairs = pairsOf(version, 8000)
    const script =
      'my ($a, $b) = split; my $c = eval { version->parse($a) <=> version->parse($b) }; print defined $c ? ("=", ">", "<")[$c] : "?", "\\n"'
    const compared = { pairs, verdicts: verdictsOf('perl', ['-Mversion', '-ne', script], pairs), scheme: cpan }
    expect(acceptedBy(compared)).toBeGreaterThan(4000)
    expect(disagreements(compared)).toEqual([])
  })
})

const mavenJar = '/usr/share/java/maven3-artifact.jar'
const mavenProgram = join(import.meta.dirname, 'CompareMavenVersions.java')

describe.skipIf(!hasProgram('java') || !existsSync(mavenJar))(
  'maven versions and ComparableVersion (needs java and libmaven3-core-java)',
  () => {
    const ask = (pairs: readonly Pair[]): string[] =>
      verdictsOf('java', ['-XX:TieredStopAtLevel=1', '-cp', mavenJar, mavenProgram], pairs)

    it('agree on thousands of pairs, unless ComparableVersion goes in a circle', () => {
      const endings = [
        '.0',
        '.1',
        '-1',
        '-0',
        'alpha',
        '-rc',
        '.RC1',
        'sp',
        '-x',
        '.x',
        'x',
        'a1',
        'final',
        '.GA',
        '10',
      ]
      const pairs = pairsOf(versions(/^[0-2](?:\.[0-2])?$/, endings), 8000)
      const verdicts = ask(pairs)
      expect(verdicts).toHaveLength(pairs.length)
      const wrong = pairs.filter((pair, i) => verdictOf(maven, ...pair) !== verdicts[i])
      const between = wrong.flatMap(([a, b]) =>
        prefixes(a, b).map((release): readonly [Pair, Pair, number] => [[a, release], [release, b], 0]),
      )
      const steps = ask(between.flatMap(([first, second]) => [first, second]))
      const circles = new Set(
        between.flatMap(([[a], [, b]], i) =>
          steps[2 * i] !== '=' && steps[2 * i] === steps[2 * i + 1] && steps[2 * i] === verdictOf(maven, a, b)
            ? [`${a} ${b}`]
            : [],
        ),
      )
      expect(wrong.length).toBeLessThan(pairs.length / 20)
      expect(wrong.filter((pair) => !circles.has(pair.join(' ')))).toEqual([])
    })

    it('differ as ComparableVersion does from the cases of an older Maven', () => {
      const pairs = deniedByMaven.map((claim): Pair => {
        const [left = '', , right = ''] = claim.split(' ')
        return [left, right]
      })
      expect(ask(pairs)).toEqual(pairs.map(() => '>'))
    })
  },
)

/** Every beginning of both versions: where a comparison goes in a circle, one of them lies between the two. */
function prefixes(...pair: Pair): string[] {
  return [...new Set(pair.flatMap((text) => Array.from({ length: text.length }, (_, i) => text.slice(0, i + 1))))]
}
