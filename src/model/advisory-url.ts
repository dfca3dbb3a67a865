/** Where a person reads about an identifier; `undefined` for schemes without a public page. */
export function advisoryUrl(id: string): string | undefined {
  const prefix = /^[A-Z]{2,8}(?=-)/.exec(id)?.[0] ?? ''
  return pages[prefix]?.(encodeURIComponent(id))
}

const pages: Readonly<Record<string, (id: string) => string>> = {
  CVE: (id) => `https://nvd.nist.gov/vuln/detail/${id}`,
  GHSA: (id) => `https://github.com/advisories/${id}`,
  GO: (id) => `https://pkg.go.dev/vuln/${id}`,
  ALSA: osv,
  ALBA: osv,
  ALEA: osv,
  DSA: (id) => `https://security-tracker.debian.org/tracker/${id}`,
  DLA: (id) => `https://security-tracker.debian.org/tracker/${id}`,
  PYSEC: osv,
  RUSTSEC: (id) => `https://rustsec.org/advisories/${id}.html`,
  MAL: osv,
}

function osv(id: string): string {
  return `https://osv.dev/vulnerability/${id}`
}
