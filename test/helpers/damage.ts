import fc from 'fast-check'

/** One thing that happens to a binary file; positions are taken modulo its length. */
export type Edit =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'write'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly length: number }

const anywhere = fc.nat(2 ** 24)
/** Where binary formats keep counts and pointers: at the start of a page. */
const startOfPage = fc.tuple(fc.nat(2 ** 12), fc.nat(64)).map(([page, offset]) => page * 512 + offset)
const place = fc.oneof(anywhere, startOfPage)
const pointer = fc.oneof(fc.nat(300), fc.constantFrom(0x7f_ff_ff_ff, 0xff_ff_ff_ff, 0xff_00_ff_00, 0x01_00_00_00))

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), at: place, value: pointer }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: anywhere }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('splice' as const), at: place, from: place, length: fc.nat(2048) }),
    },
  ),
  { minLength: 1, maxLength: 12 },
)

/** A damaged copy. */
export function damaged(bytes: Buffer, changes: readonly Edit[]): Buffer {
  let copy = Buffer.from(bytes)
  for (const change of changes) {
    const at = copy.length === 0 ? 0 : change.at % copy.length
    if (change.kind === 'cut') copy = copy.subarray(0, at)
    else if (change.kind === 'flip' && at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << change.bit)
    else if (change.kind === 'write' && at + 4 <= copy.length) copy.writeUInt32BE(change.value, at)
    else if (change.kind === 'splice') copy.copy(copy, at, change.from % Math.max(1, copy.length), at + change.length)
  }
  return copy
}
