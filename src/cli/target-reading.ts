import type { ImageReader } from '#image/image-reader.ts'
import type { LayerReader } from '#image/layer-reader.ts'
import { imageLimits } from '#image/limits.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { Problem } from '#kit/errors.ts'
import { parseDuration } from '#kit/text.ts'
import type { SubjectKind } from '#model/image.ts'
import type { TargetInventory } from '#scan/inventory.ts'
import type { CommandContext } from './command.ts'
import type { TargetOptions } from './target-options.ts'
import { programBuild } from './version.ts'

interface Reading {
  readonly options: TargetOptions
  readonly context: CommandContext
  /** For the note at the start: `Scanning`. */
  readonly verb: string
  /** Readers beside those that every command has. */
  readonly extra?: readonly Cataloger[]
}

/** Does timed work and stops it when the time of `--timeout` is up. */
export async function withinTimeout<Result>(
  argument: string,
  { options, context }: Pick<Reading, 'options' | 'context'>,
  work: (context: CommandContext) => Promise<Result>,
): Promise<Result> {
  const deadline = AbortSignal.timeout(parseDuration(options.timeout) ?? 0)
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, deadline]) })
  } catch (error) {
    if (!deadline.aborted || context.signal.aborted) throw error
    throw new Problem('limit_exceeded', `the scan took longer than ${options.timeout}`, {
      at: argument,
      hint: 'Give it more time with --timeout.',
      cause: error,
    })
  }
}

/** Opens what the user names and looks through it. Loads everything heavy only now. */
export async function readInventory(argument: string, reading: Reading): Promise<TargetInventory> {
  const { openSbom } = await import('#scan/sbom-target.ts')
  const { context, verb } = reading
  const sbom = await openSbom(argument, context)
  if (sbom === undefined) return await readTarget(argument, reading)
  checkExclusion('sbom', argument, reading.options)
  context.terminal.note(`${verb} ${sbom.description}`)
  return sbom.inventory
}

async function readTarget(argument: string, { options, context, verb, extra }: Reading): Promise<TargetInventory> {
  const [image, { parsePlatform }, { takeInventory }] = await Promise.all([
    import('#image/open.ts'),
    import('#image/platform.ts'),
    import('#scan/inventory.ts'),
  ])
  const { offline, insecure, ca, exclude } = options
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform)
  await using cache = await openCache(options, context)
  const readers = options.partial ? await partially(cache?.readers) : cache?.readers
  const memory = options.partial ? undefined : cache?.memory
  const opening = { platform, offline, insecure, caFile: ca, limits: imageLimits, exclude, ...readers }
  await using target = await image.openTarget(argument, opening, context)
  checkExclusion(target.kind, argument, options)
  context.terminal.note(`${verb} ${target.description}`)
  return await takeInventory(target, context, memory, extra)
}

function checkExclusion(kind: SubjectKind, at: string, { exclude }: TargetOptions): void {
  if (exclude.length === 0 || kind === 'directory' || kind === 'rootfs') return
  throw new Problem('usage', '--exclude is for directories', { at, hint: 'Leave it out: an image is read as a whole.' })
}

/** What is read by a table of contents is not stored: only what is read as a whole goes by the cache. */
async function partially(readers: { readonly readLayer: LayerReader; readonly readImage: ImageReader } | undefined) {
  const [{ partialReader }, { readBlob }] = await Promise.all([
    import('#image/partial/partial-reader.ts'),
    import('#image/layer-reader.ts'),
  ])
  return { ...readers, readLayer: partialReader(readers?.readLayer ?? readBlob) }
}

/** The layer cache, unless there is to be none. */
async function openCache(options: TargetOptions, context: CommandContext) {
  if (options.noCache) return undefined
  const [{ locateCache }, { LayerCache }, { cachedReader }, { cachedImages }, { inventoryMemory }] = await Promise.all([
    import('#scan/cache/location.ts'),
    import('#scan/cache/layer-cache.ts'),
    import('#scan/cache/cached-reader.ts'),
    import('#scan/cache/cached-image.ts'),
    import('#scan/cache/inventory-memory.ts'),
  ])
  const { path, limitBytes } = locateCache(options, context)
  if (limitBytes === 0) return undefined
  const note = (text: string) => context.terminal.note(text)
  const cache = await LayerCache.open({ path, limitBytes, note, now: () => context.now() })
  const readers = { readLayer: cachedReader(cache), readImage: cachedImages(cache) }
  const memory = inventoryMemory(cache, { build: programBuild(), limits: imageLimits })
  return { readers, memory, [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose]() }
}
