import type { Purl } from './purl.ts'

/** What a package type demands beyond the syntax all types share: facts of the purl type definitions. */
export interface PurlType {
  /** Absent: a namespace may be there or not. */
  readonly namespace?: 'required' | 'prohibited'
  readonly lowerCase?: readonly ('namespace' | 'name' | 'version' | 'subpath')[]
  readonly requiredQualifier?: string
  readonly name?: RegExp
  readonly version?: RegExp
  /** What the columns above cannot say. */
  normalize?(purl: Purl): Purl
}

const both = ['namespace', 'name'] as const

/** The rules of a type in lower case; none for a type that is not registered. */
export function purlType(type: string): PurlType {
  return (Object.hasOwn(purlTypes, type) ? purlTypes[type] : undefined) ?? {}
}

/**
 * Where this is more lenient than the definitions: deb, apk and rpm packages may lack a namespace (an image without
 * os-release has no vendor to name), and so may golang (`pkg:golang/stdlib` is what everyone writes).
 */
const purlTypes: Readonly<Record<string, PurlType>> = {
  alpm: { namespace: 'required', lowerCase: both },
  apk: { lowerCase: both },
  bazel: { namespace: 'prohibited' },
  bitbucket: { namespace: 'required', lowerCase: both },
  bitnami: { namespace: 'prohibited', lowerCase: ['name'] },
  brew: { lowerCase: both },
  cargo: { namespace: 'prohibited' },
  'chrome-extension': { namespace: 'prohibited', name: /^[a-p]{32}$/, version: /^\d+(?:\.\d+){0,3}$/ },
  cocoapods: { namespace: 'prohibited' },
  composer: { namespace: 'required', lowerCase: both },
  conda: { namespace: 'prohibited' },
  cpan: { name: /^(?!.*::)/s },
  cran: { namespace: 'prohibited' },
  deb: { lowerCase: both },
  gem: { namespace: 'prohibited' },
  git: { namespace: 'required', lowerCase: both, normalize: withRepositoryPathAsName },
  github: { namespace: 'required', lowerCase: both },
  hackage: { namespace: 'prohibited' },
  hex: { lowerCase: both },
  huggingface: { namespace: 'required', lowerCase: ['version'] },
  julia: { namespace: 'prohibited', requiredQualifier: 'uuid' },
  luarocks: { lowerCase: both },
  maven: { namespace: 'required' },
  mlflow: { namespace: 'prohibited', normalize: lowerCaseOnDatabricks },
  nuget: { namespace: 'prohibited' },
  oci: { namespace: 'prohibited', lowerCase: ['name', 'version'] },
  opam: { namespace: 'prohibited' },
  otp: { namespace: 'prohibited', lowerCase: ['name', 'subpath'] },
  pub: { namespace: 'prohibited', lowerCase: ['name'], normalize: withUnderscores },
  pypi: { namespace: 'prohibited', lowerCase: ['name', 'version'], normalize: withDashes },
  qpkg: { namespace: 'required', lowerCase: ['namespace'] },
  rpm: { lowerCase: ['namespace'] },
  swid: { requiredQualifier: 'tag_id' },
  swift: { namespace: 'required' },
  vcpkg: { namespace: 'prohibited' },
  'vscode-extension': { namespace: 'required', lowerCase: ['namespace', 'name', 'version'] },
  yocto: { lowerCase: ['namespace'] },
}

function withDashes(purl: Purl): Purl {
  return { ...purl, name: purl.name.replaceAll('_', '-') }
}

function withUnderscores(purl: Purl): Purl {
  return { ...purl, name: purl.name.replaceAll(/[^a-z0-9]/g, '_') }
}

function lowerCaseOnDatabricks(purl: Purl): Purl {
  const isDatabricks = purl.qualifiers?.['repository_url']?.includes('databricks') === true
  return isDatabricks ? { ...purl, name: purl.name.toLowerCase() } : purl
}

/** The namespace is the host; everything behind it is the repository. */
function withRepositoryPathAsName(purl: Purl): Purl {
  const [host = '', ...rest] = `${purl.namespace ?? ''}/${purl.name}`.split('/')
  return { ...purl, namespace: host, name: rest.join('/') }
}
