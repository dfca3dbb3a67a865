import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface DockerEngine extends AsyncDisposable {
  /** For the environment of whatever talks to it. */
  readonly host: string
  /** Runs the docker client against this engine; returns what it prints. */
  docker(...args: string[]): string
}

const startLimitMs = 60_000

/** Starts a Docker Engine of its own below `home`, without network, on a unix socket. */
export async function startDockerEngine(home: string): Promise<DockerEngine> {
  mkdirSync(home, { recursive: true })
  const socket = join(home, 'engine.sock')
  const host = `unix://${socket}`
  const places = ['--data-root', join(home, 'data'), '--exec-root', join(home, 'exec'), '--pidfile', join(home, 'pid')]
  const engine = spawn(
    'dockerd',
    [...places, '--host', host, '--bridge=none', '--iptables=false', '--ip6tables=false'],
    {
      stdio: 'ignore',
    },
  )
  for (let waitedMs = 0; !existsSync(socket); waitedMs += 200) {
    if (waitedMs > startLimitMs || engine.exitCode !== null) throw new Error('dockerd did not start')
    await pause(200)
  }
  return {
    host,
    docker: (...args) =>
      execFileSync('docker', args, { env: { ...process.env, DOCKER_HOST: host } })
        .toString()
        .trim(),
    async [Symbol.asyncDispose]() {
      const ended = once(engine, 'exit')
      engine.kill('SIGTERM')
      await ended
    },
  }
}
