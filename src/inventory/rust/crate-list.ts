import { constants, inflateSync } from 'node:zlib'

/** What stands at a place where compressed JSON may start. */
export type Candidate =
  | { readonly kind: 'list'; readonly text: string }
  /** Something else that happens to look like it. */
  | { readonly kind: 'other' }
  /** More bytes are needed to tell. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'oversized' }
  | { readonly kind: 'damaged' }

/** cargo-auditable lets nobody read more than this; real lists have a few kilobytes. */
const textLimitBytes = 8 * 1024 ** 2
const peekBytes = 512
/** More than so few bytes can stand for. */
const peekTextBytes = 1024 ** 2

/** Reads what begins with a zlib stream at the start of `bytes`. */
export function readCrateList(bytes: Buffer): Candidate {
  const beginning = peek(bytes)
  if (beginning === undefined || !/^\s{0,20}\{\s{0,20}"(?:packages|format)"\s{0,20}:/.test(beginning)) {
    return { kind: 'other' }
  }
  try {
    return { kind: 'list', text: inflateSync(bytes, { maxOutputLength: textLimitBytes }).toString('utf8') }
  } catch (error) {
    return { kind: failures[codeOf(error)] ?? 'damaged' }
  }
}

const failures: Readonly<Record<string, Candidate['kind'] & ('incomplete' | 'oversized')>> = {
  Z_BUF_ERROR: 'incomplete',
  ERR_BUFFER_TOO_LARGE: 'oversized',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The first few characters; `undefined` when nothing was compressed here. */
function peek(bytes: Buffer): string | undefined {
  try {
    return inflateSync(bytes.subarray(0, peekBytes), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: peekTextBytes,
    }).toString('latin1', 0, peekBytes)
  } catch {
    return undefined
  }
}
