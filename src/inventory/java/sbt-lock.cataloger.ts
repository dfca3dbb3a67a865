import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { mavenPackage } from './maven-package.ts'
import { isInRepository } from './packaging.ts'

const SbtLock = z.object({ lockVersion: z.number().int(), dependencies: z.array(z.unknown()) })
const Dependency = z.object({
  org: z.string(),
  name: z.string(),
  version: z.string(),
  configurations: z.array(z.string()).default([]),
  artifacts: z.array(z.object({ name: z.string(), hash: z.string().optional() })).default([]),
})

/** What runs comes with `compile` or `runtime`; `provided` and `test` do not leave the build. */
const shipped: ReadonlySet<string> = new Set(['compile', 'runtime', 'default'])

export default defineCataloger({
  id: 'sbt-lock',
  version: 1,
  ecosystem: 'maven',
  proves: 'locked',
  title: 'sbt lock file (build.sbt.lock)',
  spec: 'https://github.com/stringbean/sbt-dependency-lock',
  files: ['**/*.sbt.lock'],
  finds: ['packages', 'hashes'],

  async catalog(file) {
    if (isInRepository(file.path)) return []
    const location = `/${file.path}`
    return readDependencies(parseJson(SbtLock, await file.text(), location).dependencies, location)
  },
})

function* readDependencies(dependencies: readonly unknown[], location: string): Steps {
  let unreadable = 0
  for (const entry of dependencies) {
    yield undefined
    const { data } = Dependency.safeParse(entry)
    if (data !== undefined && data.configurations.length > 0 && !data.configurations.some((name) => shipped.has(name)))
      continue
    const sha1 = /^sha1:([\da-f]{40})$/i.exec(
      data?.artifacts.find(({ name }) => name.endsWith('.jar'))?.hash ?? '',
    )?.[1]
    const hashes = sha1 === undefined ? [] : [{ algorithm: 'sha1' as const, value: sha1.toLowerCase() }]
    const found =
      data && mavenPackage({ group: data.org, artifact: data.name, version: data.version, hashes }, location)
    if (found === undefined) unreadable += 1
    else yield { package: found }
  }
  if (unreadable > 0)
    yield { unknown: { path: location, reason: `entries that are not as sbt writes them: ${unreadable}` } }
}
