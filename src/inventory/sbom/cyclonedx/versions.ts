/** Versions of the specification that we write. */
export const cycloneDxVersions = ['1.4', '1.5', '1.6', '1.7'] as const
export type CycloneDxVersion = (typeof cycloneDxVersions)[number]

/** Version 1.5 brought tools that are components, and the places where a component was found. */
export function hasOccurrences(version: CycloneDxVersion): boolean {
  return version !== '1.4'
}
