import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe } from 'vitest'

/** Root of the project. */
export const projectDir = resolve(import.meta.dirname, '../..')

/** Shared inputs that live beside the project and are never copied into it. */
const sharedDir = resolve(projectDir, '../shared')

export function shared(...parts: string[]): string {
  return join(sharedDir, ...parts)
}

/** Suites that read shared inputs: skipped by name where these are absent. */
export function describeShared(name: string, suite: () => void): void {
  describe.skipIf(!existsSync(sharedDir))(`${name} (needs ../shared)`, suite)
}

/** Suites that call a program of the system: skipped by name where it is absent. */
export function describeWith(programs: readonly string[], name: string, suite: () => void): void {
  describe.skipIf(!programs.every(hasProgram))(`${name} (needs ${programs.join(', ')})`, suite)
}

export function hasProgram(program: string): boolean {
  return succeeds('sh', ['-c', 'command -v -- "$1"', 'sh', program])
}

/** Whether `script` can make a pseudo-terminal here: a bare chroot has none. */
export function hasTerminals(): boolean {
  return succeeds('script', ['-qec', 'true', '/dev/null'])
}

/** Whether this process may make mount name spaces and overlay mounts: root in an ordinary system may. */
export function canMountOverlays(): boolean {
  const script = 'cd "$(mktemp -d)" && mkdir a b c && mount -t overlay -o lowerdir=a:b overlay c'
  return process.getuid?.() === 0 && succeeds('unshare', ['-m', 'sh', '-c', script])
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
