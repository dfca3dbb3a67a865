import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seawall } from './seawall.ts'

/** Invented issues of packages of the example image, one of each verdict and state. */
const issues = {
  openssl: {
    'CVE-2030-0001': bookworm({ status: 'resolved', fixed_version: '3.0.99-1', urgency: 'high' }),
    'CVE-2030-0002': bookworm({ status: 'open', urgency: 'low' }),
    'CVE-2030-0003': bookworm({ status: 'undetermined', urgency: 'not yet assigned' }),
    'CVE-2030-0004': bookworm({ status: 'resolved', fixed_version: '0', urgency: 'high' }),
  },
  expat: {
    'CVE-2030-0005': bookworm({ status: 'open', urgency: 'medium', nodsa_reason: 'ignored' }),
    'CVE-2030-0006': bookworm({ status: 'resolved', fixed_version: '2.5.99-1', urgency: 'medium' }),
  },
  glibc: { 'CVE-2030-0007': bookworm({ status: 'resolved', fixed_version: '1.0-1', urgency: 'high' }) },
}

function bookworm(release: object): object {
  return { releases: { bookworm: { repositories: {}, ...release } } }
}

/** Builds a signed database of Debian issues in a directory; nothing in it speaks of npm or Go. */
export async function buildSampleDatabase(dir: string): Promise<string> {
  const feed = join(dir, 'tracker.json')
  const database = join(dir, 'db')
  writeFileSync(feed, JSON.stringify(issues))
  const { status, stderr } = await seawall(['db', 'build', '-o', database, `debian-tracker=${feed}`])
  if (status !== 0) throw new Error(`the sample database could not be built:\n${stderr}`)
  return database
}
