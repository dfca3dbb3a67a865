import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectDir } from '../helpers/components.ts'

const rounds = 15
const program = join(projectDir, 'bin/seawall.js')

describe('start-up', () => {
  it('prints the version within 1.5 times a bare start of Node', () => {
    const floor: number[] = []
    const version: number[] = []
    for (let round = 0; round < rounds; round++) {
      floor.push(millisecondsOf(['-e', '0']))
      version.push(millisecondsOf([program, '--version']))
    }
    const ratio = median(version) / median(floor)
    process.stdout.write(`start-up: --version is ${ratio.toFixed(2)} × a bare Node start\n`)
    expect(ratio).toBeLessThanOrEqual(1.5)
  })
})

function millisecondsOf(args: readonly string[]): number {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, args)
  expect(status).toBe(0)
  return performance.now() - start
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}
