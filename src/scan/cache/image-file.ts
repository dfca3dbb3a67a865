import { z } from 'zod'
import type { Subject } from '#model/image.ts'
import { seal, unseal } from './seal.ts'

/** What the configuration of an image says, whatever the image is called. */
export type KnownImage = Pick<Subject, 'digest' | 'platform' | 'layers'>

const magic = Buffer.from('seawall image 2\n')

const Stored = z.object({
  key: z.string(),
  image: z.object({
    digest: z.string().optional(),
    platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
    // Fields in the order in which an image that was read has them: a report prints them so.
    layers: z.array(
      z.object({
        digest: z.string().optional(),
        size: z.number().optional(),
        createdBy: z.string().optional(),
        index: z.int().nonnegative(),
        diffId: z.string(),
        origin: z.enum(['base', 'application']).optional(),
        baseImage: z.string().optional(),
      }),
    ),
  }),
})

export function encodeImage(key: string, { digest, platform, layers }: KnownImage): Buffer {
  return seal(magic, Buffer.from(JSON.stringify({ key, image: { digest, platform, layers } })))
}

/** Reads what `encodeImage` wrote; throws on anything else. */
export function decodeImage(key: string, file: Buffer): KnownImage {
  const stored = Stored.parse(JSON.parse(unseal(magic, file).toString('utf8')))
  if (stored.key !== key) throw new RangeError('this is of another image')
  return stored.image
}
