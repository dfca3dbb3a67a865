import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Certificates } from './certificates.ts'

export interface DockerRegistryOptions {
  readonly user?: { readonly name: string; readonly password: string }
  readonly tls?: Certificates
}

export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Copies an image from an OCI layout into a repository, with skopeo. */
  fill(layout: string, image: string): void
}

/** Starts Debian's docker-registry on a free port of loopback, with its own configuration and storage. */
export async function startDockerRegistry({ user, tls }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const dir = mkdtempSync(join(tmpdir(), 'docker-registry-'))
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const passwords = join(dir, 'htpasswd')
  if (user !== undefined) execFileSync('htpasswd', ['-Bbc', passwords, user.name, user.password], { stdio: 'ignore' })
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(dir, 'storage') } },
    http: { addr: host, ...(tls === undefined ? {} : { tls: { certificate: tls.certFile, key: tls.keyFile } }) },
    ...(user === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: passwords } } }),
  }
  writeFileSync(join(dir, 'config.yml'), JSON.stringify(configuration))
  const server = spawn('docker-registry', ['serve', join(dir, 'config.yml')], { stdio: 'ignore' })
  const ended = new Promise((resolve) => {
    server.on('exit', resolve)
  })
  await answering(port)
  return {
    host,
    fill(layout, image) {
      const access = user === undefined ? [] : ['--dest-creds', `${user.name}:${user.password}`]
      const options = ['--insecure-policy', 'copy', '--dest-tls-verify=false', ...access]
      execFileSync('skopeo', [...options, `oci:${layout}:${image}`, `docker://${host}/${image}`], { stdio: 'pipe' })
    },
    async [Symbol.asyncDispose]() {
      server.kill()
      await ended
      rmSync(dir, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('close', () => socket.destroy())
      socket.on('connect', () => socket.end())
    })
    if (isOpen) return
    await pause(100)
  }
  throw new Error(`docker-registry does not listen on port ${port}`)
}
