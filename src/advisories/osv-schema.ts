import { z } from 'zod'

const texts = z.array(z.string()).nullish()
const severities = z.array(z.object({ type: z.string().optional(), score: z.string() }).catch({ score: '' })).nullish()

/** One of the four, as OSV has it; others may stand beside it and are passed over. */
export const OsvEvent = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
})
export type OsvEvent = z.infer<typeof OsvEvent>

const OsvRange = z.object({ type: z.string(), events: z.array(OsvEvent) })
export type OsvRange = z.infer<typeof OsvRange>

/** Read on its own, so that one that is damaged does not take the others with it. */
export const OsvAffected = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string().min(1) }),
  ranges: z.array(OsvRange).nullish(),
  versions: texts,
  severity: severities,
  database_specific: z
    .object({ severity: z.string().optional(), informational: z.string().nullish() })
    .nullish()
    .catch(null),
})
export type OsvAffected = z.infer<typeof OsvAffected>

/** The fields Seawall uses: https://ossf.github.io/osv-schema/ */
export const OsvRecord = z.object({
  id: z.string().min(1).max(256),
  summary: z.string().nullish(),
  withdrawn: z.string().nullish(),
  published: z.string().nullish(),
  aliases: texts,
  upstream: texts,
  related: texts,
  severity: severities,
  affected: z.array(z.unknown()).nullish(),
  database_specific: z
    .object({ severity: z.string().nullish(), derived_from: z.string().nullish() })
    .nullish()
    .catch(null),
})
export type OsvRecord = z.infer<typeof OsvRecord>
