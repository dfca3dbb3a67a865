import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeWith, projectDir } from '../helpers/components.ts'
import { scanToJson, temporaryDirectory } from '../helpers/seawall.ts'

const example = join(projectDir, 'examples/storefront.tar')

describeWith(['podman', 'skopeo'], 'Podman', () => {
  it('gives the same findings as the archive that it loaded', async () => {
    using home = temporaryDirectory()
    const at = (name: string): string => join(home.path, name)
    const storage = ['--root', at('root'), '--runroot', at('run'), '--storage-driver', 'vfs']
    const saved = at('saved.tar')
    const copying = ['--insecure-policy', 'copy', '-q', `oci-archive:${example}`]
    execFileSync('skopeo', [...copying, `docker-archive:${saved}:docker.io/library/storefront:1.0`])
    execFileSync('podman', [...storage, 'load', '-q', '-i', saved], { stdio: 'pipe' })
    const socket = at('podman.sock')
    const service = spawn('podman', [...storage, 'system', 'service', '--time=0', `unix://${socket}`], {
      stdio: 'ignore',
    })
    try {
      for (let tries = 0; !existsSync(socket) && tries < 150; tries++) await pause(200)
      const env = { CONTAINER_HOST: `unix://${socket}` }
      const [podman, archive] = await Promise.all([
        scanToJson(['podman:storefront:1.0'], { env }),
        scanToJson([example]),
      ])
      expect(podman.subject.kind).toBe('podman-engine')
      expect(podman.findings).toEqual(archive.findings)
    } finally {
      service.kill('SIGTERM')
      await once(service, 'exit')
    }
  })
})
