import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import javaArchive from '#inventory/java/java-archive.cataloger.ts'

/** Debian's; what is called `debian` or `1.x` there is a link to one of many versions. */
const repository = '/usr/share/maven-repo'
const archivesLimit = 200

/** What the archive is taken for when nothing but its name tells where it comes from. */
async function identityOf(file: string): Promise<string | undefined> {
  const path = `app/lib/${basename(file)}`
  const content = readFileSync(file)
  const probe = javaArchive.probe?.(content.subarray(0, 64), content.length, path)
  probe?.write(content)
  const note = probe?.end() ?? Buffer.from('{"archives":[]}')
  const kept = { path, bytes: () => Promise.resolve(note), text: () => Promise.resolve(note.toString()) }
  const signal = AbortSignal.timeout(60_000)
  const context = {
    signal,
    distribution: undefined,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: () => [],
  }
  for await (const found of await javaArchive.catalog(kept, context)) {
    if (found !== undefined && 'package' in found && found.package.hashes !== undefined) {
      return `${found.package.name}:${found.package.version}`
    }
  }
  return undefined
}

function coordinatesOf(file: string): string {
  const names = file.split('/')
  return [names.slice(0, -3).join('.'), ...names.slice(-3, -1)].join(':')
}

/** The folders of a repository tell what each archive is; its name and content must not tell anything else. */
describe.skipIf(!existsSync(repository))('archives of a Maven repository (needs /usr/share/maven-repo)', () => {
  it('are taken for what they are, or for nothing', { timeout: 120_000 }, async () => {
    const files = globSync('**/*.jar', { cwd: repository })
      .filter((file) => /-\d[\d.]*\.jar$/.test(file))
      .toSorted()
    const step = Math.ceil(files.length / archivesLimit)
    const sample = files.filter((_, index) => index % step === 0)
    const wrong: string[] = []
    let right = 0
    for (const file of sample) {
      const identity = await identityOf(join(repository, file))
      if (identity === coordinatesOf(file)) right += 1
      else if (identity !== undefined) wrong.push(`${identity} is ${file}`)
    }
    process.stdout.write(`maven: ${right} of ${sample.length} told, ${wrong.length} wrong\n`)
    expect(wrong.length).toBeLessThanOrEqual(sample.length / 100)
    expect(right).toBeGreaterThanOrEqual(sample.length / 2)
  })
})
