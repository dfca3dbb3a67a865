/** Who may import whom. This table is the architecture; docs/architecture.md draws it. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  model: ['kit'],
  versions: ['kit'],
  image: ['kit', 'model'],
  inventory: ['kit', 'model', 'image'],
  advisories: ['kit', 'model', 'versions'],
  report: ['kit', 'model'],
  scan: ['kit', 'model', 'versions', 'image', 'inventory', 'advisories', 'report'],
  cli: ['*'],
}

/** Folders that must stay free of I/O, so that they can be tested and reused anywhere. */
export const pure: ReadonlySet<string> = new Set(['model', 'versions'])

export type Verdict = 'ok' | 'not_a_layer' | 'wrong_direction' | 'impure'

export function judge(fromFile: string, specifier: string): Verdict {
  const from = /\/src\/([^/]+)\//.exec(fromFile)?.[1]
  if (from === undefined || fromFile.endsWith('.test.ts')) return 'ok'
  if (specifier.startsWith('node:')) return pure.has(from) ? 'impure' : 'ok'
  const to = /^#([^/]+)\//.exec(specifier)?.[1]
  if (to === undefined || to === from) return 'ok'
  const allowed = layers[from]
  if (allowed === undefined) return 'not_a_layer'
  return allowed.includes('*') || allowed.includes(to) ? 'ok' : 'wrong_direction'
}
