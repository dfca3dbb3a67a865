import { linesOf } from '../text-lines.ts'

/** What a gem specification says, as far as it says it in literals: code is not run. */
export interface Specification {
  readonly name: string | undefined
  readonly version: string | undefined
  /** `x86_64-linux`, `java`; absent for gems that run anywhere. */
  readonly platform: string | undefined
  readonly licences: readonly string[]
  /** What it needs to run. */
  readonly dependencies: readonly string[]
}

/** Reads Ruby code as `Gem::Specification#to_ruby` of any RubyGems version writes it. */
export function readSpecification(text: string): Specification {
  const { fields, dependencies } = readStatements(text)
  const stub = stubOf(text)
  const one = (field: string): string | undefined => literalsOf(fields.get(field))[0]
  const platform = one('platform') ?? stub?.platform
  return {
    name: one('name') ?? stub?.name,
    version: one('version') ?? stub?.version,
    platform: platform === 'ruby' ? undefined : platform,
    licences: literalsOf(fields.get('licenses') ?? fields.get('license')),
    dependencies,
  }
}

function readStatements(text: string) {
  const fields = new Map<string, string>()
  const dependencies: string[] = []
  for (const line of linesOf(text)) {
    const [, field, value] =
      /^ {1,20}\w{1,20}\.(name|version|platform|licenses?) {1,20}= {1,20}(.{1,4000})$/.exec(line) ?? []
    if (field !== undefined && value !== undefined) fields.set(field, value)
    const [, needed] = /^ {1,20}\w{1,20}\.add_(?:runtime_)?dependency[ (]{1,2}(.{1,500})/.exec(line) ?? []
    dependencies.push(...literalsOf(needed).slice(0, 1))
    // What follows is for an older RubyGems, and lists what development needs among the rest.
    if (/^ {0,20}else$/.test(line)) break
  }
  return { fields, dependencies }
}

/** The line that RubyGems reads instead of the code: `# stub: rake 13.0.6 ruby lib`. */
function stubOf(
  text: string,
): { readonly name: string; readonly version: string; readonly platform: string } | undefined {
  const [, name, version, platform] = /^# stub: (\S{1,200}) (\S{1,200}) (\S{1,200}) /m.exec(text.slice(0, 2000)) ?? []
  return name === undefined || version === undefined || platform === undefined ? undefined : { name, version, platform }
}

/** Texts in quotes or behind `%q`, with what they may be wrapped in. Empty for anything that must be run to be known. */
function literalsOf(code = ''): string[] {
  if (!/^(?:\[|Gem::Version\.new\()?["'%]/.test(code)) return []
  const matches = code.matchAll(/"((?:[^"\\]|\\.){0,500})"|'([^']{0,500})'|%q<([^>]{0,500})>|%q\{([^}]{0,500})\}/g)
  return Array.from(matches, ([, double, single, angle, brace]) =>
    double === undefined ? (single ?? angle ?? brace ?? '') : double.replaceAll(/\\(.)/g, '$1'),
  ).filter((literal) => !literal.includes('#{'))
}
