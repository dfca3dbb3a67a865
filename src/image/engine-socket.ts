import { join } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Engine } from './engine-client.ts'

type Environment = Context['env']

/** Where a Docker Engine may listen, most specific first. */
export function dockerEngines(env: Environment): Engine[] {
  const named = env['DOCKER_HOST']
  if (named !== undefined && named !== '') return [dockerAt(unixPath('DOCKER_HOST', named))]
  const home = env['HOME']
  const runtime = env['XDG_RUNTIME_DIR']
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]),
    ...(home === undefined || home === '' ? [] : [join(home, '.docker/run/docker.sock')]),
  ].map(dockerAt)
}

/** Where a Podman service may listen, most specific first. */
export function podmanEngines(env: Environment): Engine[] {
  const named = env['CONTAINER_HOST']
  if (named !== undefined && named !== '') return [podmanAt(unixPath('CONTAINER_HOST', named))]
  const runtime = env['XDG_RUNTIME_DIR']
  return [
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'podman/podman.sock')]),
    '/run/podman/podman.sock',
  ].map(podmanAt)
}

function dockerAt(socketPath: string): Engine {
  return { kind: 'docker-engine', title: 'the Docker Engine', socketPath }
}

function podmanAt(socketPath: string): Engine {
  return { kind: 'podman-engine', title: 'Podman', socketPath }
}

function unixPath(variable: string, value: string): string {
  const path = /^unix:\/\/(\/[^\0]{1,200})$/.exec(value)?.[1]
  if (path !== undefined) return path
  throw new Problem('usage', `${variable} does not name a unix socket: ${value.replace(/\/\/[^/@]*@/, '//')}`, {
    hint: 'Seawall talks to engines of this machine only; save the image to an archive there and scan that.',
  })
}
