import { Problem } from '#kit/errors.ts'

/** One file inside a feed's download. The name is a label, never a path that is opened. */
export interface FeedMember {
  readonly name: string
  readonly bytes: Buffer
}

/** What a download may cost, so that a bomb meets a limit. */
export const archiveLimits = {
  members: 4_000_000,
  memberBytes: 64 * 1024 ** 2,
  /** A file that is not an archive, uncompressed. */
  documentBytes: 448 * 1024 ** 2,
  /** A zip is held in memory as it was sent. */
  zipBytes: 1024 ** 3,
  totalBytes: 16 * 1024 ** 3,
  /** Uncompressed ÷ compressed, looked at once `ratioFromBytes` have come out. */
  ratio: 300,
  ratioFromBytes: 48 * 1024 ** 2,
} as const

export interface MemberOptions {
  /** Only members with a wanted name are read. */
  readonly wants: (name: string) => boolean
  readonly signal: AbortSignal
}

/** Throws `limit_exceeded` when more came out than honest data gives. */
export function checkRatio(uncompressed: number, compressed: number, at: string): void {
  const { totalBytes, ratio, ratioFromBytes } = archiveLimits
  if (uncompressed > totalBytes) throw new Problem('limit_exceeded', `more than ${totalBytes} bytes`, { at })
  if (uncompressed > ratioFromBytes && uncompressed > ratio * compressed) {
    throw new Problem('limit_exceeded', `compressed more than ${ratio} times`, { at })
  }
}

export function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE')
}
