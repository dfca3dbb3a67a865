/** What else than an image can be named. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'

const packageLock = JSON.stringify({
  name: 'shop',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'shop', version: '1.0.0' }, 'node_modules/lodash': { version: '4.17.20' } },
})

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
