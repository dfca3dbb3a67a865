import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { failure } from './cache-directory.ts'

const heartbeatMs = 1000
/** How long a holder may show no sign of life. */
const staleMs = 10_000
const retryMs = { first: 10, most: 200 } as const

/**
 * Takes a lease, or waits until whoever has it gives it back or is found dead, and yields nothing: then it is time to
 * look whether what it was taken for is done. A lease saves work that is done twice; nothing is wrong without it.
 * Throws `CacheFailure`.
 */
export async function takeLease(path: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const text = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  if (await create(path, text)) return held(path, text)
  await released(path, signal)
  return undefined
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(text)
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw failure(cause)
  }
}

function held(path: string, text: string): AsyncDisposable {
  const beat = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, heartbeatMs)
  beat.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat)
      // Somebody else's by now, if this process was thought dead.
      if ((await textOf(path)) === text) await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

/** Time is measured by our own clock only: what counts is whether the holder moves its own. */
async function released(path: string, signal: AbortSignal): Promise<void> {
  let seen: number | undefined
  let since = performance.now()
  for (let wait: number = retryMs.first; ; wait = Math.min(wait * 2, retryMs.most)) {
    await setTimeout(wait, undefined, { signal }).catch(() => signal.throwIfAborted())
    const beat = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (beat === undefined) return
    if (beat !== seen) since = performance.now()
    seen = beat
    const text = await textOf(path)
    if (performance.now() - since > staleMs || isDead(text)) return takeAway(path, text)
  }
}

/** Of several who find a holder dead at the same time, none takes away the lease of the next holder. */
async function takeAway(path: string, text: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    if ((await textOf(aside)) !== text) await link(aside, path)
  } catch {
    // Somebody else was first.
  }
  await rm(aside, { force: true }).catch(() => undefined)
}

function isDead(text: string | undefined): boolean {
  const [, pid, host] = /^\{"pid":(\d{1,10}),"host":(".{0,300}?"),"id":/.exec(text ?? '') ?? []
  if (host !== JSON.stringify(hostname())) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
