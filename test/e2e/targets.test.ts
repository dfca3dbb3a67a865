/** What else than an image can be named. */
import { globSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { projectDir } from '../helpers/components.ts'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'

const packageLock = JSON.stringify({
  name: 'shop',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'shop', version: '1.0.0' }, 'node_modules/lodash': { version: '4.17.20' } },
})

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>a</groupId><artifactId>b</artifactId><version>1</version><dependencies><dependency>
<groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>1.7.36</version></dependency></dependencies></project>`

function sources(): Disposable & { readonly path: string } {
  const home = temporaryDirectory()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home.path, path)), { recursive: true })
    writeFileSync(join(home.path, path), text)
  }
  write('package-lock.json', packageLock)
  write('api/requirements.txt', 'flask==2.0.1\n')
  write('test/requirements.txt', 'django==3.2.0\n')
  write('.git/requirements.txt', 'jinja2==2.0\n')
  symlinkSync('/etc/passwd', join(home.path, 'api/requirements-outside.txt'))
  return home
}

it('a source tree: lock files and manifests, and nothing outside it', async () => {
  using home = sources()
  const { subject, packages, unknowns } = await scanToJson(['./', '--exclude', 'test'], { cwd: home.path })
  expect(subject).toMatchObject({ kind: 'directory', name: './' })
  expect(packages.map(({ purl }) => purl)).toEqual(['pkg:npm/lodash@4.17.20', 'pkg:pypi/flask@2.0.1'])
  expect(unknowns.map(({ path }) => path)).toContain('/api/requirements-outside.txt')
})

it('the same as a root file system: what a manifest asks for is not what is there', async () => {
  using home = sources()
  const { subject, packages } = await scanToJson([`dir:${home.path}`])
  expect(subject.kind).toBe('rootfs')
  expect(packages.map(({ purl }) => purl)).toEqual(['pkg:npm/lodash@4.17.20'])
})

it('a source tree as a list', async () => {
  using home = sources()
  const { status, stdout } = await seawall(['sbom', '.', '--exclude', 'test,api'], { cwd: home.path })
  expect(status).toBe(0)
  const { components } = JSON.parse(stdout)
  expect(components).toMatchObject([{ purl: 'pkg:npm/lodash@4.17.20' }])
})

it('nothing is excluded from what is no directory', async () => {
  const { status, stderr } = await seawall(['scan', 'examples/storefront.tar', '--exclude', 'test'])
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--exclude is for directories'),
  })
})

it.each([
  ['package-lock.json', packageLock, ['pkg:npm/lodash@4.17.20']],
  ['requirements.txt', 'flask==2.0.1\n', ['pkg:pypi/flask@2.0.1']],
  ['pom.xml', pom, ['pkg:maven/org.slf4j/slf4j-api@1.7.36']],
])('a single file: %s', async (name, content, purls) => {
  using home = temporaryDirectory()
  writeFileSync(join(home.path, name), content)
  const { subject, packages } = await scanToJson([name], { cwd: home.path })
  expect(subject).toMatchObject({ kind: 'file', name })
  expect(packages.map(({ purl }) => purl)).toEqual(purls)
})

it.each([
  ['everything.jar', 'src/inventory/java/fixtures/java-archive'],
  ['pier-tools_1%3a2.0-1+b1_amd64.deb', 'src/inventory/debian/fixtures/deb-file'],
  ['harbour-*.apk', 'src/inventory/alpine/fixtures/apk-file'],
  ['mooring-*.rpm', 'src/inventory/rpm/fixtures/rpm-file'],
])('a single file by its content: %s', async (name, folder) => {
  const [path = ''] = globSync(join(projectDir, folder, '**', name))
  const { subject, packages } = await scanToJson([path])
  expect(subject.kind).toBe('file')
  expect(packages.length).toBeGreaterThan(0)
})

it('a file that nothing recognises is not clean', async () => {
  using home = temporaryDirectory()
  writeFileSync(join(home.path, 'notes'), 'nothing to see\n')
  const { packages, unknowns } = await scanToJson(['./notes'], { cwd: home.path })
  expect(packages).toEqual([])
  expect(unknowns).toContainEqual({ path: '/notes', reason: 'no format that Seawall reads: nothing of it is known' })
  expect((await seawall(['scan', './notes', '--strict'], { cwd: home.path })).status).toBe(8)
})

it('a damaged bill of materials is refused', async () => {
  using home = temporaryDirectory()
  writeFileSync(join(home.path, 'app.json'), '{"bomFormat":"CycloneDX","components":[')
  expect((await seawall(['scan', 'app.json'], { cwd: home.path })).status).toBe(6)
})
