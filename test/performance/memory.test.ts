import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatBytes } from '#kit/text.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { sparseLayout } from './bench/sparse-image.ts'

const limitBytes = 300e6

describeShared('memory', () => {
  it('scans the largest shared image in less than 300 MB', async () => {
    const { status, peakBytes } = await seawall(['scan', `${join(shared('images/oci'))}:acme/shop-api:1.4.2`])
    process.stdout.write(`memory: ${formatBytes(peakBytes)} at most for acme/shop-api\n`)
    expect(status).toBe(0)
    expect(peakBytes).toBeLessThan(limitBytes)
  })
})

describe('memory for holes', () => {
  it('does not grow with the size of a layer', async () => {
    using directory = temporaryDirectory()
    const peaks: number[] = []
    for (const gibibytes of [1, 4]) {
      const image = await sparseLayout(join(directory.path, `${gibibytes}`), gibibytes)
      const { status, peakBytes } = await seawall(['scan', '--quiet', image])
      expect(status).toBe(0)
      peaks.push(peakBytes)
    }
    const [small = 0, large = 0] = peaks
    process.stdout.write(`memory: ${formatBytes(small)} for 1 GiB, ${formatBytes(large)} for 4 GiB\n`)
    expect(large).toBeLessThan(small * 1.1)
  })
})
