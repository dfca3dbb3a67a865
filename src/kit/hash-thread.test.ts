import { createHash, randomBytes } from 'node:crypto'
import { mkdtempDisposable, open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashOnThread } from './hash-thread.ts'

const content = randomBytes(3_000_000)

async function hashOf(offset: number, size: number, signal = new AbortController().signal): Promise<string> {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'hash-'))
  const path = join(directory.path, 'file')
  await writeFile(path, content)
  await using file = await open(path)
  return await hashOnThread({ fd: file.fd, offset, size }, signal)
}

function expected(from: number, to: number): string {
  return createHash('sha256').update(content.subarray(from, to)).digest('hex')
}

describe('the hash of a part of a file', () => {
  it.each([
    ['all of it', 0, 3_000_000],
    ['the middle', 1234, 2_000_000],
    ['nothing', 77, 0],
  ])('is that of its bytes: %s', async (_, offset, size) => {
    expect(await hashOf(offset, size)).toBe(expected(offset, offset + size))
  })

  it('is of what there is where the file ends early', async () => {
    expect(await hashOf(2_999_000, 5000)).toBe(expected(2_999_000, 3_000_000))
  })

  it('is not waited for once it is not wanted any more', async () => {
    const controller = new AbortController()
    const hashing = hashOf(0, 3_000_000, controller.signal)
    controller.abort(new Error('interrupted'))
    await expect(hashing).rejects.toThrow('interrupted')
  })
})
