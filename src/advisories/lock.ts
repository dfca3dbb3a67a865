import { randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'

const foreignStaleMs = 10 * 60 * 1000
const retryMs = 100

/** Runs `work` while nobody else holds the lock file. A lock whose owner is gone is taken over. */
export async function whileLocked<Result>(path: string, signal: AbortSignal, work: () => Promise<Result>) {
  const mine = `${path}.${randomUUID()}`
  await writeFile(mine, JSON.stringify({ pid: process.pid, host: hostname() }))
  try {
    while (!(await take(mine, path))) {
      if (await isStale(path)) await rm(path, { force: true })
      else await setTimeout(retryMs, undefined, { signal })
    }
  } finally {
    await rm(mine, { force: true })
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    const [, pid, host] = /^\{"pid":(\d{1,10}),"host":(".{0,300}")\}$/.exec(await readFile(path, 'utf8')) ?? []
    if (host === JSON.stringify(hostname())) return !isAlive(Number(pid))
    return Date.now() - mtimeMs > foreignStaleMs
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
