import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import {
  type Engine,
  type EngineImage,
  exportContainer,
  exportImage,
  inspectContainer,
  inspectImage,
  isEngineReference,
} from './engine-client.ts'
import { readLayer } from './layer.ts'
import { platformOf, requirePlatform } from './platform.ts'
import type { ReadOptions } from './stored-target.ts'
import { counted, streamedTarget } from './streamed-target.ts'
import type { Target } from './target.ts'

export interface EngineOptions extends ReadOptions {
  readonly platform: Platform | undefined
}

/** What looking for an image in several engines came to. */
export type EngineSearch =
  | { readonly target: Target }
  /** Why each engine could not give it. */
  | { readonly failures: readonly Problem[] }

/** Asks engines one after the other for an image. */
export async function findInEngines(
  engines: readonly Engine[],
  reference: string,
  options: EngineOptions,
): Promise<EngineSearch> {
  return firstOf(engines, (engine) => openFromEngine(engine, reference, options), options.signal)
}

/** Asks engines one after the other for a container. */
export async function findContainer(
  engines: readonly Engine[],
  name: string,
  options: ReadOptions,
): Promise<EngineSearch> {
  return firstOf(engines, (engine) => openContainer(engine, name, options), options.signal)
}

async function firstOf(
  engines: readonly Engine[],
  open: (engine: Engine) => Promise<Target>,
  signal: AbortSignal,
): Promise<EngineSearch> {
  const failures: Problem[] = []
  for (const engine of engines) {
    try {
      return { target: await open(engine) }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Problem)) throw error
      failures.push(error)
    }
  }
  return { failures }
}

async function openFromEngine(engine: Engine, reference: string, options: EngineOptions): Promise<Target> {
  const at = `${engine.title} at ${engine.socketPath}`
  const image = isEngineReference(reference) ? await inspectImage(engine, reference, options) : undefined
  if (image === undefined) throw new Problem('target_unreachable', `${engine.title} has no image ${reference}`, { at })
  requirePlatform(platformOf(image), options.platform, at)
  const target = streamedTarget(() => exportImage(engine, exportName(image, reference), options), {
    ...options,
    kind: engine.kind,
    format: 'any',
    name: reference,
    description: `${reference} from ${engine.title}`,
    at: `${at}: ${reference}`,
    selection: { kind: 'any' },
  })
  const { readImage } = options
  if (readImage === undefined) return target
  return {
    ...target,
    identity: { name: reference, digest: image.id.includes(':') ? image.id : `sha256:${image.id}` },
    async read(selector) {
      const whole = { id: image.id, read: () => target.read(selector) }
      const { subject, ...contents } = await readImage(whole, { ...options, selector })
      const { digest, platform, layers } = subject
      return { ...contents, subject: { kind: engine.kind, name: reference, digest, platform, layers } }
    },
  }
}

/** Its file system as one layer: what its image brought and what it wrote since, without what is mounted there. */
async function openContainer(engine: Engine, name: string, options: ReadOptions): Promise<Target> {
  const { limits, signal, progress } = options
  const at = `${engine.title} at ${engine.socketPath}`
  const container = await inspectContainer(engine, name, signal)
  if (container === undefined)
    throw new Problem('target_unreachable', `${engine.title} has no container ${name}`, { at })
  const { id, image } = container
  const title = image === undefined ? name : `${name} (${image})`
  return {
    kind: 'container',
    description: `the container ${title} of ${engine.title}`,
    async read(selector) {
      const archive = counted(exportContainer(engine, id, signal), progress)
      const layer = await readLayer(archive, { selector, limits, signal, name: `container ${name}` })
      return { subject: { kind: 'container', name: title, layers: [] }, layers: [layer], unknowns: [] }
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** By its id, so that it is the image that was inspected, and that one only, whatever its tags are meanwhile. */
function exportName({ id }: EngineImage, reference: string): string {
  return isEngineReference(id) ? id : reference
}
