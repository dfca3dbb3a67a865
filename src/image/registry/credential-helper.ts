import { spawn } from 'node:child_process'
import { z } from 'zod'
import type { Context } from '#kit/context.ts'
import { joined } from '#kit/limits.ts'

export type HelperAnswer =
  | { readonly kind: 'found'; readonly username: string; readonly secret: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string }

interface Run {
  readonly exitCode: number | undefined
  readonly output: string
  readonly failure?: string | undefined
}

interface Limits {
  readonly timeoutMs: number
  readonly outputBytes: number
}

const Answer = z.object({ Username: z.string(), Secret: z.string() })
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/
const nothingThere = /credentials not found|no credentials server URL|no credentials username/i
const usualLimits: Limits = { timeoutMs: 30_000, outputBytes: 256 * 1024 }

/**
 * Asks `docker-credential-<name> get`, the credential helper protocol of Docker. Nothing the helper prints
 * reaches a message: it may be a secret.
 */
export async function askHelper(
  name: string,
  server: string,
  { env, signal, limits = usualLimits }: Pick<Context, 'env' | 'signal'> & { readonly limits?: Limits },
): Promise<HelperAnswer> {
  if (!namePattern.test(name))
    return { kind: 'failed', reason: 'the configured credential helper has an unusable name' }
  const program = `docker-credential-${name}`
  const { exitCode, output, failure } = await run(program, server, { env, signal, limits })
  signal.throwIfAborted()
  if (failure !== undefined) return { kind: 'failed', reason: `${program} ${failure}` }
  if (exitCode !== 0) {
    return nothingThere.test(output) ? { kind: 'none' } : { kind: 'failed', reason: `${program} failed (${exitCode})` }
  }
  const answer = answerOf(output)
  if (answer === undefined) return { kind: 'failed', reason: `${program} gave no answer that can be read` }
  return answer.Secret === '' ? { kind: 'none' } : { kind: 'found', username: answer.Username, secret: answer.Secret }
}

function answerOf(output: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(output)).data
  } catch {
    return undefined
  }
}

function run(
  program: string,
  input: string,
  { env, signal, limits }: Pick<Context, 'env' | 'signal'> & { limits: Limits },
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], { env: { ...env }, shell: false, stdio: ['pipe', 'pipe', 'ignore'] })
    const chunks: Buffer[] = []
    let size = 0
    function finish(result: Omit<Run, 'output'>): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      child.kill('SIGKILL')
      child.stdout.destroy()
      resolve({ ...result, output: joined(chunks, size).toString('utf8') })
    }
    function onAbort(): void {
      finish({ exitCode: undefined, failure: 'was interrupted' })
    }
    const timer = setTimeout(() => {
      finish({ exitCode: undefined, failure: `did not answer within ${limits.timeoutMs / 1000} s` })
    }, limits.timeoutMs)
    signal.addEventListener('abort', onAbort)
    child.stdout.on('data', (chunk: Buffer) => {
      if (size + chunk.byteLength > limits.outputBytes) {
        finish({ exitCode: undefined, failure: 'printed too much' })
        return
      }
      size += chunk.byteLength
      chunks.push(chunk)
    })
    child.stdin.on('error', () => {}) // a helper may end without reading its input
    child.on('error', () => {
      finish({ exitCode: undefined, failure: 'could not be started' })
    })
    child.on('close', (code) => {
      finish({ exitCode: code ?? undefined })
    })
    child.stdin.end(input)
  })
}
