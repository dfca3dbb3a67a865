import { Problem } from '#kit/errors.ts'
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from '#kit/xml.ts'
import type { Project } from './archive-note.ts'

const longestId = 200
const longestText = 300

/** A project file with its properties put in; what they do not explain is left out. */
export interface Pom {
  readonly project: Project
  readonly dependencies: readonly PomDependency[]
}

export interface PomDependency {
  /** `group:artifact`; absent where a property in it cannot be explained. */
  readonly name: string | undefined
  readonly version: string | undefined
  readonly scope: string | undefined
  readonly isOptional: boolean
}

/** https://maven.apache.org/ref/current/maven-model/maven.html */
export function parsePom(text: string, at: string): Pom {
  const root = parseXml(text, at)
  if (root.localName !== 'project') throw new Problem('malformed', 'this is not a Maven project', { at })
  const resolve = resolverOf(root)
  const parent = childOf(root, 'parent')
  const managed = managedVersions(root)
  const dependencies = childrenOf(childOf(root, 'dependencies'), 'dependency').map((element) =>
    readDependency(element, managed, resolve),
  )
  const project = {
    group: idOf(resolve(textOf(root, 'groupId') ?? textOf(parent, 'groupId'))),
    artifact: idOf(resolve(textOf(root, 'artifactId'))),
    version: idOf(resolve(textOf(root, 'version') ?? textOf(parent, 'version'))),
    licences: childrenOf(childOf(root, 'licenses'), 'license')
      .flatMap((element) => resolve(textOf(element, 'name') ?? textOf(element, 'url'))?.slice(0, longestText) ?? [])
      .slice(0, 20),
    dependencies: [...new Set(dependencies.filter(isNeeded).flatMap(({ name }) => name ?? []))].slice(0, 500),
  }
  return { project, dependencies }
}

function isNeeded({ scope, isOptional }: PomDependency): boolean {
  return !isOptional && (scope === 'compile' || scope === 'runtime')
}

function readDependency(element: XmlElement, managed: ReadonlyMap<string, string>, resolve: Resolve): PomDependency {
  const [group, artifact] = ['groupId', 'artifactId'].map((part) => idOf(resolve(textOf(element, part))))
  return {
    name: group === undefined || artifact === undefined ? undefined : `${group}:${artifact}`,
    version: resolve(textOf(element, 'version') ?? managed.get(keyOf(element))),
    scope: resolve(textOf(element, 'scope')) ?? 'compile',
    isOptional: textOf(element, 'optional') === 'true',
  }
}

/** Versions that the project lays down for whoever asks for no other. */
function managedVersions(root: XmlElement): ReadonlyMap<string, string> {
  const managed = childrenOf(childOf(childOf(root, 'dependencyManagement'), 'dependencies'), 'dependency')
  return new Map(managed.map((element) => [keyOf(element), textOf(element, 'version') ?? '']))
}

function keyOf(element: XmlElement): string {
  return `${textOf(element, 'groupId') ?? ''}:${textOf(element, 'artifactId') ?? ''}`
}

type Resolve = (text: string | undefined) => string | undefined

/** Puts properties in, for as long as a property stands in a property; `undefined` where one is not explained. */
function resolverOf(root: XmlElement): Resolve {
  const properties = new Map(
    childOf(root, 'properties')?.children.map(({ name, text }) => [name, text.slice(0, longestText)]),
  )
  const parent = childOf(root, 'parent')
  for (const part of ['groupId', 'artifactId', 'version']) {
    const inherited = textOf(parent, part)
    const own = textOf(root, part) ?? (part === 'artifactId' ? undefined : inherited)
    for (const prefix of ['project', 'pom']) {
      if (own !== undefined) properties.set(`${prefix}.${part}`, own)
      if (inherited !== undefined) properties.set(`${prefix}.parent.${part}`, inherited)
    }
  }
  return (text) => {
    let value = text
    for (let depth = 0; depth < 8 && value?.includes('${') === true; depth++) {
      value = value
        .slice(0, 1000)
        .replace(/\$\{([^{}$]{1,200})\}/g, (whole, name: string) => properties.get(name) ?? whole)
    }
    return value?.includes('${') === true ? undefined : value
  }
}

function idOf(text: string | undefined): string | undefined {
  return text === undefined || !isId(text) ? undefined : text
}

/** Whether the text could be a group, an artifact or a version of a Maven repository. */
export function isId(text: string): boolean {
  return text.length <= longestId && /^[\w.+~-]+$/.test(text)
}
