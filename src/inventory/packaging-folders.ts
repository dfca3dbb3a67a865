/** Where package managers keep what they installed or downloaded. */
const folders = [
  'node_modules',
  'bower_components',
  'site-packages',
  'dist-packages',
  'conda-meta',
  'vendor',
  '_vendor',
  'gems',
  '\\.pnpm-store',
  '\\.yarn',
  '\\.npm',
  '\\.cache',
  'go/pkg/mod',
  '\\.cargo/registry',
]
const inside = new RegExp(`(?:^|/)(?:${folders.join('|')})/`)

/** True for what lies in such a folder: a lock file or manifest there belongs to somebody's packaging. */
export function isPackaging(path: string): boolean {
  return inside.test(path)
}
