import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import type { ArchiveFormat } from './archive-image.ts'
import { fileKind, openArchive } from './archive-target.ts'
import { type ExistingPath, findPath, looksLikePath, parsePrefix } from './argument.ts'
import { isRootfs } from './directory-kind.ts'
import type { Engine } from './engine-client.ts'
import { dockerEngines, podmanEngines } from './engine-socket.ts'
import type { ImageReader } from './image-reader.ts'
import { type LayerReader, readBlob } from './layer-reader.ts'
import { isLayoutDirectory } from './layout-directory.ts'
import type { ImageLimits } from './limits.ts'
import { parseReference } from './reference.ts'
import type { ReadOptions } from './stored-target.ts'
import type { Target } from './target.ts'

export interface OpenOptions {
  readonly platform?: Platform | undefined
  /** Ask no registry. */
  readonly offline: boolean
  /** Speak plain http to the registry. */
  readonly insecure: boolean
  /** PEM file of a private authority. */
  readonly caFile?: string | undefined
  readonly limits: ImageLimits
  /** Globs of what is left out of a directory. */
  readonly exclude?: readonly string[] | undefined
  /** How layers are read; straight from the blob when absent. */
  readonly readLayer?: LayerReader | undefined
  /** How images are read that an engine can only give as a whole; straight from the engine when absent. */
  readonly readImage?: ImageReader | undefined
}

/**
 * Opens what the user names: a path, an image of a local engine, or a reference in a registry, in this order, unless
 * a prefix says which. Nothing of the layers is read yet.
 */
export async function openTarget(argument: string, options: OpenOptions, context: Context): Promise<Target> {
  const { place, rest } = parsePrefix(argument)
  if (place === undefined) return openAnywhere(rest, options, context)
  if (place === 'registry') return fromRegistry(rest, options, context)
  if (place === 'docker') return fromEngines(rest, dockerEngines(context.env), { options, context })
  if (place === 'podman') return fromEngines(rest, podmanEngines(context.env), { options, context })
  // A directory may be called like a prefix: `oci:name:tag`.
  const [named, whole] = [findPath(rest), findPath(argument)]
  if (named !== undefined) return openPlace(place, named, { name: rest, options, context })
  if (whole !== undefined) return openPath(whole, { name: argument, options, context })
  throw noSuchFile(rest)
}

interface Opening {
  /** What the user calls it. */
  readonly name: string
  readonly options: OpenOptions
  readonly context: Context
}

async function openAnywhere(name: string, options: OpenOptions, context: Context): Promise<Target> {
  const found = findPath(name)
  const isPath = looksLikePath(name)
  if (found !== undefined && (isPath || (await isMeant(found, context)))) {
    return openPath(found, { name, options, context })
  }
  if (isPath) throw noSuchFile(name)
  const failures: Problem[] = []
  for (const engines of [dockerEngines, podmanEngines]) {
    try {
      return await fromEngines(name, engines(context.env), { options, context })
    } catch (error) {
      context.signal.throwIfAborted()
      failures.push(...problemsOf(error))
    }
  }
  try {
    return await fromRegistry(name, options, context)
  } catch (error) {
    context.signal.throwIfAborted()
    throw nowhere(name, [...failures, ...problemsOf(error)])
  }
}

/** `node:18` is an image also where a file or a directory is called `node`: only an image there has tags. */
async function isMeant({ path, isDirectory, selection }: ExistingPath, { signal }: Context): Promise<boolean> {
  if (selection.kind === 'any') return true
  return isDirectory ? isLayoutDirectory(path) : (await fileKind(path, { signal })) !== undefined
}

async function openPath(found: ExistingPath, opening: Opening): Promise<Target> {
  if (!found.isDirectory) return openFile(found, 'any', opening)
  if (await isLayoutDirectory(found.path)) return openPlace('layout', found, opening)
  return openPlace(isRootfs(found.path) ? 'rootfs' : 'fs', found, opening)
}

/** Loads only what that kind of place takes. */
async function openPlace(
  place: 'docker-archive' | 'oci-archive' | 'layout' | 'rootfs' | 'fs',
  found: ExistingPath,
  opening: Opening,
): Promise<Target> {
  if (place === 'rootfs' || place === 'fs') return openDirectory(found, place, opening)
  if (place !== 'layout') return openFile(found, place, opening)
  if (!found.isDirectory) return openFile(found, 'oci-archive', opening)
  const { name, options, context } = opening
  const { selection } = found
  const { openLayout } = await import('./layout-target.ts')
  return openLayout(found.path, { ...readOptions(options, context), name, selection, platform: options.platform })
}

function openFile({ path, selection }: ExistingPath, format: ArchiveFormat, opening: Opening): Promise<Target> {
  const { name, options, context } = opening
  return openArchive(path, {
    ...readOptions(options, context),
    format,
    name,
    selection,
    platform: options.platform,
  })
}

async function openDirectory(
  found: ExistingPath,
  place: 'rootfs' | 'fs',
  { name, options, context }: Opening,
): Promise<Target> {
  if (found.selection.kind !== 'any') throw noSuchFile(name)
  if (!found.isDirectory) throw new Problem('usage', 'this is not a directory', { at: found.path })
  const { rootfsTarget, sourceTarget } = await import('./rootfs-target.ts')
  const reading = { ...readOptions(options, context), exclude: options.exclude ?? [] }
  return place === 'rootfs' ? rootfsTarget(found.path, reading) : sourceTarget(found.path, reading)
}

async function fromEngines(
  reference: string,
  engines: readonly Engine[],
  { options, context }: Omit<Opening, 'name'>,
): Promise<Target> {
  const { findInEngines } = await import('./engine-target.ts')
  const search = await findInEngines(engines, reference, {
    ...readOptions(options, context),
    platform: options.platform,
  })
  if ('target' in search) return search.target
  throw mostTelling(search.failures)
}

function isAbsent({ message }: Problem): boolean {
  return message.endsWith('is not running')
}

/** An engine that answers says more than a socket that is not there. */
function mostTelling(failures: readonly Problem[]): Problem {
  const [first] = failures.toSorted((left, right) => Number(isAbsent(left)) - Number(isAbsent(right)))
  return first ?? new Problem('target_unreachable', 'no engine is known here')
}

async function fromRegistry(reference: string, options: OpenOptions, context: Context): Promise<Target> {
  if (options.offline) {
    throw new Problem('target_unreachable', 'no registry was asked: this is offline', {
      at: reference,
      hint: 'Leave --offline out, or name a local archive.',
    })
  }
  const { platform, limits, caFile, insecure, readLayer } = options
  const opening = { platform, limits, caFile, plainHttp: insecure, readLayer }
  const { openRegistry } = await import('./registry/registry-target.ts')
  return openRegistry(parseReference(reference), opening, context)
}

function nowhere(name: string, failures: readonly Problem[]): Problem {
  const last = failures.at(-1)
  const reasons = ['there is no file of this name', ...failures.map(({ message }) => message)]
  return new Problem(last?.code ?? 'target_unreachable', `${name} was not found: ${reasons.join('; ')}`, {
    at: last?.at,
    hint: last?.hint,
    cause: last,
  })
}

function noSuchFile(name: string): Problem {
  return new Problem('target_unreachable', 'no such file or directory', { at: name })
}

function readOptions({ limits, readLayer = readBlob, readImage }: OpenOptions, context: Context): ReadOptions {
  return { limits, readLayer, readImage, signal: context.signal, progress: (step) => context.progress(step) }
}

/** What a user can act on; a bug stays a bug. */
function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof Problem) return [error]
  throw error
}
