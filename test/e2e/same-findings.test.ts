/** One image, eleven ways to get it, the same findings to the byte. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeCertificates } from '../helpers/certificates.ts'
import { describeShared, hasProgram, shared } from '../helpers/components.ts'
import { startDockerEngine } from '../helpers/docker-engine.ts'
import { startDockerRegistry } from '../helpers/docker-registry.ts'
import { type RunOptions, scanToJson, temporaryDirectory } from '../helpers/seawall.ts'

const image = 'acme/shop-api:1.4.2'
const layout = shared('images/oci')
const workspace = temporaryDirectory()
const saved = join(workspace.path, 'saved.tar')

async function findings(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { findings: found, packages, unknowns } = await scanToJson(args, options)
  expect(found.length).toBeGreaterThan(100)
  return JSON.stringify({ found, packages, unknowns }, undefined, 1)
}

function copy(from: string, to: string, ...options: string[]): void {
  execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', ...options, from, to], { stdio: 'pipe' })
}

describeShared('the same findings', () => {
  let expected = ''

  beforeAll(async () => {
    expected = await findings([`${layout}:${image}`])
    if (hasProgram('skopeo')) copy(`oci:${layout}:${image}`, `docker-archive:${saved}:${image}`)
  })

  afterAll(() => workspace[Symbol.dispose]())

  it.skipIf(!hasProgram('skopeo'))('from archives and layouts (needs skopeo)', async () => {
    const at = (name: string): string => join(workspace.path, name)
    copy(`oci:${layout}:${image}`, `oci-archive:${at('oci.tar')}:${image}`)
    copy(`docker-archive:${saved}`, `oci:${at('gzip')}:a`)
    copy(`docker-archive:${saved}`, `oci:${at('zstd')}:a`, '--dest-compress-format', 'zstd')
    execFileSync('gzip', ['-1', '-k', saved])
    for (const variant of [saved, `${saved}.gz`, at('oci.tar'), at('gzip'), `${at('gzip')}:a`, at('zstd')]) {
      expect(await findings([variant]), variant).toBe(expected)
    }
  })

  it.skipIf(!hasProgram('docker-registry') || !hasProgram('skopeo'))(
    'from a registry (needs docker-registry, skopeo)',
    async () => {
      await using registry = await startDockerRegistry()
      registry.fill(layout, image)
      expect(await findings([`${registry.host}/${image}`])).toBe(expected)
    },
  )

  it.skipIf(!hasProgram('docker-registry') || !hasProgram('htpasswd'))(
    'from a registry that asks for a password (needs docker-registry, htpasswd)',
    async () => {
      const [name, password] = ['reader', 'correct horse']
      await using registry = await startDockerRegistry({ user: { name, password } })
      registry.fill(layout, image)
      const config = join(workspace.path, 'docker-config')
      mkdirSync(config)
      const auth = Buffer.from(`${name}:${password}`).toString('base64')
      writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
      expect(await findings([`${registry.host}/${image}`], { env: { DOCKER_CONFIG: config } })).toBe(expected)
    },
  )

  it.skipIf(!hasProgram('docker-registry') || !hasProgram('openssl'))(
    'from a registry with a private authority (needs docker-registry, openssl)',
    async () => {
      const tls = makeCertificates(workspace.path)
      await using registry = await startDockerRegistry({ tls })
      registry.fill(layout, image)
      expect(await findings(['--ca', tls.caFile, `${registry.host}/${image}`])).toBe(expected)
    },
  )

  it.skipIf(!hasProgram('dockerd') || !hasProgram('skopeo'))(
    'from a Docker Engine (needs dockerd, skopeo)',
    async () => {
      await using engine = await startDockerEngine(join(workspace.path, 'docker'))
      engine.docker('load', '-q', '-i', saved)
      expect(await findings([image], { env: { DOCKER_HOST: engine.host } })).toBe(expected)
    },
  )
})
