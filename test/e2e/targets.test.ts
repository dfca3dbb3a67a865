/** What else than an image can be named. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeWith, projectDir } from '../helpers/components.ts'
import { startDockerEngine } from '../helpers/docker-engine.ts'
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

describeWith(['dockerd', 'tar'], 'a container of a Docker Engine', () => {
  it('is read as it is now, with what was written since it was made', async () => {
    using home = temporaryDirectory()
    const at = (name: string): string => join(home.path, name)
    mkdirSync(at('root/etc'), { recursive: true })
    writeFileSync(at('root/etc/hostname'), 'web\n')
    execFileSync('tar', ['-C', at('root'), '-cf', at('root.tar'), '.'])
    mkdirSync(at('srv'))
    writeFileSync(at('srv/package-lock.json'), packageLock)
    writeFileSync(at('srv/requirements.txt'), 'flask==2.0.1\n')
    await using engine = await startDockerEngine(at('docker'))
    engine.docker('import', at('root.tar'), 'shop/web:1')
    engine.docker('create', '--name', 'web', 'shop/web:1', '/none')
    engine.docker('cp', at('srv'), 'web:/srv')
    const { subject, packages } = await scanToJson(['container:web'], { env: { DOCKER_HOST: engine.host } })
    expect(subject).toMatchObject({ kind: 'container', name: 'web (shop/web:1)' })
    expect(packages.map(({ purl, locations }) => ({ purl, locations }))).toEqual([
      { purl: 'pkg:npm/lodash@4.17.20', locations: ['/srv/package-lock.json'] },
    ])
    const missing = await seawall(['scan', 'container:none'], { env: { DOCKER_HOST: engine.host } })
    expect(missing).toMatchObject({ status: 3, stderr: expect.stringContaining('has no container none') })
  })
})

describeWith(['podman', 'tar'], 'a container of Podman', () => {
  it('is read as it is now', async () => {
    using home = temporaryDirectory()
    const at = (name: string): string => join(home.path, name)
    mkdirSync(at('root/srv'), { recursive: true })
    writeFileSync(at('root/srv/package-lock.json'), packageLock)
    execFileSync('tar', ['-C', at('root'), '-cf', at('root.tar'), '.'])
    const storage = ['--root', at('store'), '--runroot', at('run'), '--storage-driver', 'vfs']
    const podman = (...args: string[]) => execFileSync('podman', [...storage, ...args], { stdio: 'pipe' })
    podman('import', '-q', at('root.tar'), 'shop/web:1')
    podman('create', '--network', 'none', '--name', 'web', 'shop/web:1', '/none')
    const socket = at('podman.sock')
    const args = [...storage, 'system', 'service', '--time=0', `unix://${socket}`]
    const service = spawn('podman', args, { stdio: 'ignore' })
    try {
      for (let tries = 0; !existsSync(socket) && tries < 150; tries++) await pause(200)
      const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: `unix://${socket}` }
      const { subject, packages } = await scanToJson(['container:web'], { env })
      expect(subject).toMatchObject({ kind: 'container', name: expect.stringMatching(/^web \(.*shop\/web:1\)$/) })
      expect(packages.map(({ purl }) => purl)).toEqual(['pkg:npm/lodash@4.17.20'])
    } finally {
      service.kill('SIGTERM')
      await once(service, 'exit')
    }
  })
})
