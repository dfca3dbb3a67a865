import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseValue } from '#kit/json.ts'
import { readFileWithin } from './bounded-file.ts'
import type { BuildInput } from './reading.ts'
import { advisorySources } from './registry.generated.ts'
import type { AdvisorySource, FeedFile } from './source.ts'

const Ingredient = z.strictObject({
  /** Id of the source that reads the files. */
  source: z.string(),
  /** Files or directories, relative to the recipe. */
  files: z.array(z.string()).min(1),
  /** What the manifest says, where it differs from the source's own words. */
  id: z.string().optional(),
  name: z.string().optional(),
  url: z.string().optional(),
  licence: z.string().optional(),
  asOf: z
    .string()
    .regex(/^\d{4}-\d{2}(?:-\d{2})?$/)
    .optional(),
  derivedFrom: z.string().optional(),
  standsInFor: z.string().optional(),
})
export type Ingredient = z.infer<typeof Ingredient>

/** What a database is made from: one entry per source. */
const Recipe = z.array(Ingredient)

const recipeLimitBytes = 1024 * 1024
const headBytes = 64 * 1024

/** Reads a recipe in YAML or JSON. Throws `usage` where a file or a source is not there, `malformed`. */
export async function readRecipe(path: string): Promise<BuildInput[]> {
  const { load } = await import('js-yaml')
  let value: unknown
  try {
    value = load(readFileWithin(path, recipeLimitBytes).toString())
  } catch (cause) {
    throw new Problem('usage', 'the recipe cannot be read', { at: path, cause })
  }
  return openRecipe(parseValue(Recipe, value, path), dirname(path))
}

/** Throws `usage` where a file or a source is not there. */
export async function openRecipe(recipe: readonly Ingredient[], dir: string): Promise<BuildInput[]> {
  const inputs: BuildInput[] = []
  for (const { source, files, ...about } of recipe) {
    const paths = (await Promise.all(files.map((file) => filesAt(resolve(dir, file))))).flat()
    inputs.push({ source: await sourceNamed(source), files: paths.map((path) => feedFile(path)), about })
  }
  return inputs
}

/**
 * Turns what was typed into inputs: `source-id=path`, or a path that exactly one source recognises.
 * Files of one source become one input. Throws `usage`.
 */
export async function openFeeds(feeds: readonly string[]): Promise<BuildInput[]> {
  const bySource = new Map<AdvisorySource, FeedFile[]>()
  for (const feed of feeds) {
    const [, id, named] = /^([a-z0-9][a-z0-9.-]{0,63})=(.+)$/s.exec(feed) ?? []
    for (const path of await filesAt(named ?? feed)) {
      const source = id === undefined ? await recognise(path) : await sourceNamed(id)
      bySource.set(source, [...(bySource.get(source) ?? []), feedFile(path)])
    }
  }
  return [...bySource].map(([source, files]) => ({ source, files }))
}

export async function sourceNamed(id: string): Promise<AdvisorySource> {
  const load = Object.hasOwn(advisorySources, id) ? advisorySources[id] : undefined
  if (load !== undefined) return (await load()).default
  throw new Problem('usage', `there is no advisory source named ${id}`, {
    hint: `Known sources: ${Object.keys(advisorySources).join(', ')}.`,
  })
}

export async function allSources(): Promise<AdvisorySource[]> {
  const modules = await Promise.all(Object.values(advisorySources).map((load) => load()))
  return modules.map((module) => module.default)
}

export function feedFile(path: string, name = basename(path)): FeedFile {
  return { name, open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) }
}

async function recognise(path: string): Promise<AdvisorySource> {
  const head = await headOf(path)
  const candidates = (await allSources()).filter((source) => source.recognises(basename(path), head))
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return only
  if (candidates.length === 0) {
    throw new Problem('usage', 'no source recognises this feed', {
      at: path,
      hint: `Say which one reads it, as ID=PATH. There are ${Object.keys(advisorySources).join(', ')}.`,
    })
  }
  throw new Problem('usage', 'more than one source recognises this feed', {
    at: path,
    hint: `Say which one reads it: ${candidates.map(({ id }) => `${id}=${path}`).join(' or ')}.`,
  })
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  return buffer.subarray(0, bytesRead)
}

/** The file itself, or every file in the directory and below, in order of their names. */
async function filesAt(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isFile() === true) return [path]
  if (stats?.isDirectory() !== true) throw new Problem('usage', 'there is no such feed', { at: path })
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  if (files.length === 0) throw new Problem('usage', 'this directory has no feeds', { at: path })
  return files.toSorted()
}
