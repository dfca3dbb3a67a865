/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** For ecosystems whose names differ by more than case. */
export function lowerCaseName(name: string): string {
  return name.toLowerCase()
}

/** Swift packages are named by the address of their repository: without scheme and `.git`. */
export function repositoryName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\.git$/, '')
}
