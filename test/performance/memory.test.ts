import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatBytes } from '#kit/text.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { seawall } from '../helpers/seawall.ts'

const limitBytes = 300e6

describeShared('memory', () => {
  it('scans the largest shared image in less than 300 MB', async () => {
    const { status, peakBytes } = await seawall(['scan', `${join(shared('images/oci'))}:acme/shop-api:1.4.2`])
    process.stdout.write(`memory: ${formatBytes(peakBytes)} at most for acme/shop-api\n`)
    expect(status).toBe(0)
    expect(peakBytes).toBeLessThan(limitBytes)
  })
})
