/** A fault and its other names. */
export interface Identified {
  readonly id: string
  readonly aliases: readonly string[]
}

/**
 * What one line of secfixes names. It may hold several identifiers and a remark: `CVE-2017-2616 (+ regression fix)`,
 * `CVE-2019-17349 CVE-2019-17350 XSA-295`, `CVE-2020-14342 # requires --with-systemd`. Beside a CVE every other
 * identifier is another name of it; two CVEs are two faults.
 */
export function identifiersOf(text: string): readonly Identified[] {
  const words = text
    .slice(0, 1000)
    .replace(/[#(].*$/s, '')
    .split(/[\s,;/]+/)
  const ids = [...new Set(words.map(spelled).filter(isIdentifier))]
  const cves = ids.filter((id) => id.startsWith('CVE-'))
  const others = ids.filter((id) => !id.startsWith('CVE-'))
  if (cves.length === 0) return others.map((id) => ({ id, aliases: [] }))
  return cves.map((id) => ({ id, aliases: cves.length === 1 ? others : [] }))
}

/** `CVE_2019-2426` and `cve-2019-2426` are meant as CVEs. */
function spelled(word: string): string {
  return word.replace(/^CVE[-_ ]/i, 'CVE-')
}

/** Letters, then parts with digits: `XSA-300`, `GHSA-fhpf-pp6p-55qc`, `TALOS-2017-0488`, `VSV00010`. */
function isIdentifier(word: string): boolean {
  return /^[A-Z][A-Za-z]{1,15}(?:-[A-Za-z0-9]{1,20}){1,6}$/.test(word) || /^[A-Z]{2,10}\d{3,8}$/.test(word)
}
