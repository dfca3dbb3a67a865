/** Pulls from fake registries, as unit tests need it: quick, with a home of its own, everything stopped at the end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Selector } from '#image/entry.ts'
import { parseReference } from '#image/reference.ts'
import { openRegistry, type RegistryOptions } from '#image/registry/registry-target.ts'
import type { TargetContents } from '#image/target.ts'
import type { Context, Progress } from '#kit/context.ts'
import {
  addImage,
  emptyContent,
  type FakeRegistry,
  type FakeRegistryOptions,
  type RegistryContent,
  startFakeRegistry,
  tarOf,
} from './fake-registry.ts'

export const everything: Selector = { wants: () => true, probe: () => undefined }

export const quickOptions: RegistryOptions = {
  timeoutMs: 2000,
  certsDirs: [],
  platform: { os: 'linux', architecture: 'amd64' },
  clock: { now: () => new Date(), random: () => 0, sleep: async () => {} },
}

/** The registries and folders of one test; disposing it stops and removes them. */
export class Pulling implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'registry-test-'))
  readonly steps: Progress[] = []
  private readonly started: FakeRegistry[] = []

  async start(content: RegistryContent, options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = await startFakeRegistry(content, options)
    this.started.push(registry)
    return registry
  }

  context(env: Context['env'] = {}, signal = new AbortController().signal): Context {
    return {
      signal,
      env: { HOME: this.dir, PATH: process.env['PATH'], ...env },
      now: () => new Date(),
      progress: (step) => void this.steps.push(step),
    }
  }

  async pull(reference: string, options: RegistryOptions = {}, context = this.context()): Promise<TargetContents> {
    await using target = await openRegistry(parseReference(reference), { ...quickOptions, ...options }, context)
    return await target.read(everything)
  }

  /** The environment in which this is Docker's configuration. */
  dockerConfig(config: unknown): Context['env'] {
    const folder = mkdtempSync(join(this.dir, 'docker-'))
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    return { DOCKER_CONFIG: folder }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const registry of this.started) await registry[Symbol.asyncDispose]()
    rmSync(this.dir, { recursive: true })
  }
}

/** Two layers under the tag 1. */
export async function sampleContent(): Promise<RegistryContent> {
  const content = emptyContent()
  addImage(content, { tag: '1', layers: [await tarOf({ 'etc/a': 'one' }), await tarOf({ 'etc/b': 'two' })] })
  return content
}

/** Paths and text of every layer. */
export function textsOf({ layers }: TargetContents): Record<string, string>[] {
  return layers.map(({ entries }) =>
    Object.fromEntries(entries.map(({ path, content }) => [path, content?.toString() ?? ''])),
  )
}
