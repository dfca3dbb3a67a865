import { expect } from 'vitest'
import type { StoredHeaders } from '#inventory/rpm/stored-header.ts'

export interface Collected {
  readonly blobs: readonly string[]
  readonly found: number
  /** Bytes of all headers. */
  readonly size: number
  readonly problems: readonly string[]
}

/** All that a reader yields, and at last what it throws. */
export function collect(records: StoredHeaders): Collected {
  const blobs: string[] = []
  const problems: string[] = []
  try {
    for (const record of records) {
      if (record instanceof Error) problems.push(record.message)
      else if (record !== undefined) blobs.push(record.blob.toString('latin1'))
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'malformed' })
    problems.push((error as Error).message)
  }
  return { blobs, found: blobs.length, size: blobs.reduce((sum, blob) => sum + blob.length, 0), problems }
}
