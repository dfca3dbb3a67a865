import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { catalog } from '#inventory/inventory.ts'
import gemfileLock from '#inventory/ruby/gemfile-lock.cataloger.ts'
import { selectorFor } from '#inventory/selector.ts'
import { describeShared, hasProgram, shared } from '../helpers/components.ts'
import { readImage } from '../helpers/image-reading.ts'

/** Prints the gems of a lock file on standard input as Bundler itself reads it; one of its requirements no Bundler takes. */
const program = `
require "bundler"
specs = Bundler::LockfileParser.new($stdin.read.gsub("~> <=", "<=")).specs.reject { |spec| spec.source.is_a?(Bundler::Source::Path) && !spec.source.is_a?(Bundler::Source::Git) }
puts specs.map { |spec| "#{spec.name} #{spec.version}" }.uniq
`

describeShared('the image of a Ruby application', () => {
  it.skipIf(!hasProgram('ruby'))('has the gems that Bundler reads in its lock file (needs ruby)', async () => {
    const { layers } = await readImage(`docker-archive:${shared('images', 'real', 'snyk-gemfile.tar')}`, {
      selector: selectorFor([gemfileLock]),
    })
    const tree = overlay(layers)
    const { packages, unknowns } = await catalog(tree, {
      catalogers: [gemfileLock],
      layers,
      signal: AbortSignal.timeout(60_000),
    })
    const lock = tree.lookup(packages[0]?.locations[0]?.slice(1) ?? '', { follow: true })?.content ?? Buffer.alloc(0)
    const expected = execFileSync('ruby', ['-e', program], {
      input: lock,
      encoding: 'utf8',
      // Bundler asks for it and does not read it.
      env: { ...process.env, BUNDLE_GEMFILE: '/dev/null' },
    })
      .trim()
      .split('\n')
    expect(unknowns).toEqual([])
    expect(packages.map(({ name, version }) => `${name} ${version}`).toSorted()).toEqual(expected.toSorted())
    expect(expected.length).toBeGreaterThan(200)
  })
})
