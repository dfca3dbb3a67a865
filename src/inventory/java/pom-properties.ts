import type { Project } from './archive-note.ts'
import { isId } from './pom.ts'

/** What Maven writes beside the classes it packs: a properties file of three keys. */
export function parsePomProperties(text: string): Project {
  const values = new Map<string, string>()
  for (const line of text.split(/\r\n|\r|\n/, 200)) {
    const [, key, value] = /^\s{0,20}(groupId|artifactId|version)\s{0,20}[=:]\s{0,20}(.{1,500})$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) values.set(key, value.trim().replaceAll(/\\(.)/g, '$1'))
  }
  return {
    group: idOf(values.get('groupId')),
    artifact: idOf(values.get('artifactId')),
    version: idOf(values.get('version')),
    licences: [],
    dependencies: [],
  }
}

function idOf(value: string | undefined): string | undefined {
  return value === undefined || !isId(value) ? undefined : value
}
