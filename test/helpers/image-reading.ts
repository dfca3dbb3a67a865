/** Opening and reading images in tests. */
import { createHash } from 'node:crypto'
import type { Selector } from '../../src/image/entry.ts'
import { readLayer } from '../../src/image/layer.ts'
import type { LayerReader } from '../../src/image/layer-reader.ts'
import { type ImageLimits, imageLimits } from '../../src/image/limits.ts'
import { type OpenOptions, openTarget } from '../../src/image/open.ts'
import type { TargetContents } from '../../src/image/target.ts'
import type { Context } from '../../src/kit/context.ts'

export const everything: Selector = { wants: () => true, probe: () => undefined }

function testContext(env: Context['env'] = {}, signal = new AbortController().signal): Context {
  return { signal, env, now: () => new Date(0), progress() {} }
}

/** Hashes every layer, also those whose blob was checked, so that a test can compare diff_ids. */
export const readHashing: LayerReader = (blob, { selector, limits, signal }) =>
  blob.read((chunks) => readLayer(chunks, { selector, limits, signal, name: blob.name, hashDiffId: true }))

export interface ReadSettings {
  readonly env?: Context['env']
  readonly limits?: Partial<ImageLimits>
  readonly options?: Partial<OpenOptions>
  readonly selector?: Selector
  readonly signal?: AbortSignal
}

/** No registry is asked, and no engine that the test did not start. */
const noEngines = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: 'unix:///nowhere/podman.sock' }

export async function readImage(
  argument: string,
  { env, limits, options, selector = everything, signal }: ReadSettings = {},
): Promise<TargetContents & { readonly description: string }> {
  const settings = {
    offline: true,
    insecure: false,
    readLayer: readHashing,
    ...options,
    limits: { ...imageLimits, ...limits },
  }
  await using target = await openTarget(argument, settings, testContext({ ...noEngines, ...env }, signal))
  return { ...(await target.read(selector)), description: target.description }
}

/** What must be equal wherever the same image comes from. */
export function comparable({ subject, layers, unknowns }: TargetContents): object {
  return {
    layers: subject.layers.map(({ index, diffId, createdBy }) => ({ index, diffId, createdBy })),
    entries: layers.map(({ entries }) =>
      entries.map(({ content, ...entry }) => ({
        ...entry,
        content: content === undefined ? undefined : createHash('sha256').update(content).digest('hex'),
      })),
    ),
    unknowns: [...unknowns, ...layers.flatMap((layer) => layer.unknowns)],
  }
}
