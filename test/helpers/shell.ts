import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { projectDir } from './components.ts'
import { temporaryDirectory } from './seawall.ts'

export interface ShellOutcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line of a shell in which `seawall` is the program, and `$storefront` the example image. */
export async function inShell(
  line: string,
  { env = {}, shell = 'bash' }: { readonly env?: Readonly<Record<string, string>>; readonly shell?: string } = {},
): Promise<ShellOutcome> {
  using home = temporaryDirectory()
  const child = spawn(shell, ['-c', `seawall() { "$NODE" "$PROGRAM" "$@"; }\n${line}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home.path,
      NODE: process.execPath,
      PROGRAM: join(projectDir, 'bin/seawall.js'),
      storefront,
      ...env,
    },
    cwd: home.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const status = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { status: await status, stdout, stderr }
}

/** A real image that is part of the project. */
export const storefront = join(projectDir, 'examples/storefront.tar')
