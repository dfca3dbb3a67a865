/** What a kind of package is: who names its packages, and what orders its versions. */
interface EcosystemFacts {
  /** As people call it. */
  readonly title: string
  /** Type of its package URLs. */
  readonly purlType: string
  /** Id of the version scheme; absent where versions of it have no order that we know. */
  readonly scheme?: string
  /** Namespace of its advisories, the same for every distribution; absent where the distribution decides or none exist. */
  readonly namespace?: string
}

/** Keyed as `Package.ecosystem`. A package manager of a distribution belongs here as well as one of a language. */
export const ecosystems = {
  deb: { title: 'Debian', purlType: 'deb', scheme: 'deb' },
  apk: { title: 'Alpine', purlType: 'apk', scheme: 'apk' },
  rpm: { title: 'rpm', purlType: 'rpm', scheme: 'rpm' },
  alpm: { title: 'Arch Linux', purlType: 'alpm', scheme: 'pacman' },
  opkg: { title: 'opkg', purlType: 'opkg', scheme: 'deb' },
  portage: { title: 'Gentoo', purlType: 'ebuild', scheme: 'gentoo' },
  nix: { title: 'Nix', purlType: 'nix' },
  snap: { title: 'snap', purlType: 'snap' },
  cos: { title: 'Container-Optimized OS', purlType: 'cos' },
  bottlerocket: { title: 'Bottlerocket', purlType: 'bottlerocket' },
  npm: { title: 'npm', purlType: 'npm', scheme: 'npm', namespace: 'npm' },
  deno: { title: 'JSR', purlType: 'jsr', scheme: 'semver' },
  pypi: { title: 'Python', purlType: 'pypi', scheme: 'pep440', namespace: 'pypi' },
  conda: { title: 'conda', purlType: 'conda', scheme: 'conda' },
  maven: { title: 'Java', purlType: 'maven', scheme: 'maven', namespace: 'maven' },
  golang: { title: 'Go', purlType: 'golang', scheme: 'go', namespace: 'go' },
  cargo: { title: 'Rust', purlType: 'cargo', scheme: 'semver', namespace: 'crates.io' },
  gem: { title: 'Ruby', purlType: 'gem', scheme: 'rubygems', namespace: 'rubygems' },
  composer: { title: 'PHP', purlType: 'composer', scheme: 'composer', namespace: 'packagist' },
  pecl: { title: 'PEAR and PECL', purlType: 'pear', scheme: 'composer' },
  nuget: { title: '.NET', purlType: 'nuget', scheme: 'nuget', namespace: 'nuget' },
  hex: { title: 'Erlang and Elixir', purlType: 'hex', scheme: 'hex', namespace: 'hex' },
  otp: { title: 'Erlang/OTP', purlType: 'otp' },
  pub: { title: 'Dart', purlType: 'pub', scheme: 'pub', namespace: 'pub' },
  swift: { title: 'Swift', purlType: 'swift', scheme: 'swift', namespace: 'swift' },
  cocoapods: { title: 'CocoaPods', purlType: 'cocoapods', scheme: 'cocoapods' },
  conan: { title: 'Conan', purlType: 'conan', scheme: 'conan' },
  vcpkg: { title: 'vcpkg', purlType: 'vcpkg' },
  hackage: { title: 'Haskell', purlType: 'hackage', scheme: 'hackage', namespace: 'hackage' },
  cran: { title: 'R', purlType: 'cran', scheme: 'cran', namespace: 'cran' },
  julia: { title: 'Julia', purlType: 'julia', scheme: 'julia', namespace: 'julia' },
  luarocks: { title: 'Lua', purlType: 'luarocks', scheme: 'luarocks' },
  opam: { title: 'OCaml', purlType: 'opam', scheme: 'opam', namespace: 'opam' },
  nim: { title: 'Nim', purlType: 'nim', scheme: 'semver' },
  cpan: { title: 'Perl', purlType: 'cpan', scheme: 'cpan' },
  'github-actions': { title: 'GitHub Actions', purlType: 'github', scheme: 'semver', namespace: 'github-actions' },
  terraform: { title: 'Terraform', purlType: 'terraform', scheme: 'semver' },
  wordpress: { title: 'WordPress', purlType: 'wordpress-plugin', scheme: 'composer' },
  brew: { title: 'Homebrew', purlType: 'brew' },
  'vscode-extension': { title: 'Visual Studio Code', purlType: 'vscode-extension', scheme: 'semver' },
  'chrome-extension': { title: 'Chrome', purlType: 'chrome-extension' },
  bitnami: { title: 'Bitnami', purlType: 'bitnami', scheme: 'bitnami', namespace: 'bitnami' },
  generic: { title: 'other software', purlType: 'generic' },
} as const satisfies Readonly<Record<string, EcosystemFacts>>

export type Ecosystem = keyof typeof ecosystems

export function ecosystemFacts(ecosystem: Ecosystem): EcosystemFacts {
  return ecosystems[ecosystem]
}

export function isEcosystem(text: string): text is Ecosystem {
  return Object.hasOwn(ecosystems, text)
}
