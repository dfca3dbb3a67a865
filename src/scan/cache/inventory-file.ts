import { z } from 'zod'
import type { TargetFacts } from '../inventory.ts'
import { seal, unseal } from './seal.ts'

const magic = Buffer.from('seawall inventory 1\n')

/** The seal tells that it is whole, and the key which program wrote it: each package is not looked at again. */
const Stored = z.object({
  key: z.string(),
  facts: z.custom<TargetFacts>((value) => typeof value === 'object' && value !== null && 'packages' in value),
})

export function encodeInventory(key: string, facts: TargetFacts): Buffer {
  return seal(magic, Buffer.from(JSON.stringify({ key, facts })))
}

/** Reads what `encodeInventory` wrote; throws on anything else. */
export function decodeInventory(key: string, file: Buffer): TargetFacts {
  const stored = Stored.parse(JSON.parse(unseal(magic, file).toString('utf8')))
  if (stored.key !== key) throw new RangeError('this is of another image')
  return { ...stored.facts, distribution: stored.facts.distribution }
}
