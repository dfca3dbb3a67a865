import type { Ingredient } from '../src/advisories/recipe.ts'

/**
 * What the starter database is made from; files are relative to the folder of collected feeds.
 * `standsInFor` names the whole feed that replaces an entry once `db update` has downloaded it.
 */
const upstream: readonly Ingredient[] = [
  { source: 'almalinux-osv', files: ['osv/AlmaLinux/osv-database-master.tar.gz'], asOf: '2026-08-21' },
  { source: 'osv-go', files: ['osv/Go/all.zip'], asOf: '2026-08-21' },
  { source: 'osv-crates', files: ['osv/crates.io/all.zip'], asOf: '2026-08-21' },
  { source: 'osv-pypi', files: ['osv/PyPI/all.zip'], asOf: '2026-07-23' },
  { source: 'osv-bitnami', files: ['osv/Bitnami/all.zip'], asOf: '2026-08-05' },
  { source: 'osv-julia', files: ['osv/Julia/all.zip'], asOf: '2026-08' },
  { source: 'osv-hackage', files: ['osv/Hackage/all.zip'], asOf: '2026-06' },
  { source: 'osv-opam', files: ['osv/opam/all.zip'], asOf: '2026-08' },
  { source: 'osv-cran', files: ['osv/CRAN/all.zip'], asOf: '2026-03' },
  {
    source: 'osv-packagist',
    id: 'osv-packagist-drupal',
    name: 'Drupal advisories (OSV)',
    licence: 'MIT',
    files: ['osv/Packagist-Drupal/all.zip'],
    asOf: '2026-08-21',
    standsInFor: 'osv-packagist',
  },
  {
    source: 'alpine-secdb',
    id: 'alpine-secdb-2020',
    name: 'Alpine secdb, branches 3.3 to 3.11',
    files: ['distro/alpine/alpine-secdb-2020-06.tar.gz'],
    asOf: '2020-06-08',
    standsInFor: 'alpine-secdb',
  },
  { source: 'cisa-kev', files: ['enrich/kev/kev.tar.gz'], asOf: '2026-07-23' },
  { source: 'endoflife', files: ['enrich/eol/endoflife-release-data-main.tar.gz'], asOf: '2026-08-22' },
]

/** Genuine records of the GitHub Advisory Database, but only some of them. */
const partial: readonly Ingredient[] = [
  ['osv-npm', 'npm'],
  ['osv-maven', 'Maven'],
  ['osv-pypi', 'PyPI'],
  ['osv-rubygems', 'RubyGems'],
  ['osv-packagist', 'Packagist'],
  ['osv-go', 'Go'],
  ['osv-nuget', 'NuGet'],
  ['osv-crates', 'crates.io'],
  ['osv-swift', 'SwiftURL'],
  ['osv-hex', 'Hex'],
  ['osv-github-actions', 'GitHub Actions'],
  ['osv-pub', 'Pub'],
].map(([source = '', folder = '']) => ({
  source,
  id: `${source}-partial`,
  name: `GitHub Advisory Database, ${folder}, selected records`,
  url: 'https://github.com/github/advisory-database',
  licence: 'CC-BY-4.0',
  files: [`osv-partial/${folder}/all.zip`],
  asOf: '2026-07-08',
  standsInFor: source,
}))

/** Facts in the shape of a feed that is not itself to be had. */
const derived: readonly Ingredient[] = [
  {
    source: 'debian-tracker',
    id: 'debian-tracker-derived',
    name: 'Debian fixes, from package changelogs',
    url: 'https://tracker.debian.org/',
    licence: 'changelogs of the packages, facts only',
    files: ['derived/debian-tracker-shaped-from-changelogs.json.gz'],
    asOf: '2026-11',
    derivedFrom: 'changelogs of about 300 source packages of Debian 11, 12 and 13; says nothing of unfixed issues',
    standsInFor: 'debian-tracker',
  },
  {
    source: 'alpine-secdb',
    id: 'alpine-secdb-derived',
    name: 'Alpine fixes, from aports',
    url: 'https://gitlab.alpinelinux.org/alpine/aports',
    licence: 'comments in the APKBUILDs of aports, facts only',
    files: ['derived/alpine-secdb-from-aports-2026-08.tar.gz'],
    asOf: '2026-08-22',
    derivedFrom: 'secfixes comments of aports at the release of each branch; later back-ports are missing',
    standsInFor: 'alpine-secdb',
  },
  ...[
    ['osv-npm', 'npm', '2024-11-25'],
    ['osv-maven', 'Maven', '2024-12-16'],
    ['osv-nuget', 'NuGet', '2024-12-02'],
  ].map(([source = '', folder = '', asOf = '']) => ({
    source,
    id: `${source}-derived`,
    name: `GitHub Advisory Database, ${folder}, from tables`,
    url: 'https://github.com/github/advisory-database',
    licence: 'CC-BY-4.0',
    files: [`derived/ghsa-csv-as-osv/${folder}/all.zip`],
    asOf,
    derivedFrom:
      'tables that OpenRewrite generated from the GitHub Advisory Database; first range of each package only',
    standsInFor: source,
  })),
]

export const starterRecipe: readonly Ingredient[] = [...upstream, ...partial, ...derived]
