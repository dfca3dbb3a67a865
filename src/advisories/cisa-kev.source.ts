import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import { feedMembers } from './archive.ts'
import { readHead } from './feed-head.ts'
import { defineSource, type FeedItem } from './source.ts'

const fileName = 'known_exploited_vulnerabilities.json'

const Catalog = z.object({ catalogVersion: z.string(), vulnerabilities: z.array(z.unknown()) })

const Vulnerability = z.object({
  cveID: z.string().regex(/^CVE-\d{4}-\d{4,}$/),
  dateAdded: z.iso.date(),
  dueDate: z.iso.date().optional().catch(undefined),
  knownRansomwareCampaignUse: z.string().optional(),
})

export default defineSource({
  id: 'cisa-kev',
  title: 'CISA Known Exploited Vulnerabilities',
  licence: 'CC0-1.0',
  homepage: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  downloads: [{ url: `https://www.cisa.gov/sites/default/files/feeds/${fileName}`, file: fileName }],
  refreshHours: 12,
  absentMeans: 'unknown',

  recognises(_name, head) {
    const { names, text } = readHead(head)
    return names.some(isCatalogName) || /^\s*\{[^[]{0,2000}"catalogVersion"/.test(text)
  },

  async *read(file, signal) {
    let catalogs = 0
    for await (const member of feedMembers(file, { signal, wants: isCatalogName })) {
      if ('dropped' in member) {
        yield member
        continue
      }
      catalogs += 1
      const { vulnerabilities } = parseJson(Catalog, member.bytes.toString(), member.name)
      for (const [index, entry] of vulnerabilities.entries()) yield itemOf(entry, index)
    }
    if (catalogs === 0) throw new Problem('malformed', 'this holds no catalogue of exploited faults', { at: file.name })
  },
})

function isCatalogName(name: string): boolean {
  return name.endsWith(fileName)
}

function itemOf(entry: unknown, index: number): FeedItem {
  const vulnerability = Vulnerability.safeParse(entry).data
  if (vulnerability === undefined) {
    return { dropped: { at: `vulnerabilities.${index}`, reason: 'not an entry of the catalogue' } }
  }
  const { cveID: cve, dateAdded, dueDate, knownRansomwareCampaignUse: use } = vulnerability
  const ransomware = use?.toLowerCase() === 'known'
  return { kev: { cve, dateAdded, ...(dueDate === undefined ? {} : { dueDate }), ransomware } }
}
