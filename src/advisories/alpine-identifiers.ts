/** A fault and its other names. */
export interface Identified {
  readonly id: string
  readonly aliases: readonly string[]
}

/**
 * What one line of secfixes names. It may hold several identifiers and a remark: `CVE-2017-2616 (+ regression fix)`,
 * `CVE-2019-17349 CVE-2019-17350 XSA-295`, `CVE-2020-14342 # requires --with-systemd`. Beside a CVE every other
 * identifier is another name of it; two CVEs are two faults. `CVE 2018-16859`, `CVE_2019-2426` and
 * `CVE-2019-19451.patch` occur as well.
 */
export function identifiersOf(text: string): readonly Identified[] {
  const words = text
    .slice(0, 1000)
    .replace(/[#(].*$/s, '')
    .replace(/\bCVE[-_ ]{1,3}(?=\d{4}-)/gi, 'CVE-')
    .split(/[\s,;/]+/)
  const ids = [...new Set(words.map((word) => word.replace(/\.(?:patch|diff)$/, '')).filter(isIdentifier))]
  const cves = ids.filter((id) => id.startsWith('CVE-'))
  const others = ids.filter((id) => !id.startsWith('CVE-'))
  if (cves.length === 0) return others.map((id) => ({ id, aliases: [] }))
  return cves.map((id) => ({ id, aliases: cves.length === 1 ? others : [] }))
}

/** `XSA-300`, `GHSA-fhpf-pp6p-55qc`, `TALOS-2017-0488`, `wnpa-sec-2017-18`, `DW202402-001`, `VSV00010`. */
function isIdentifier(word: string): boolean {
  const isNumbered = /^[A-Za-z][A-Za-z0-9]{1,15}(?:-[A-Za-z0-9]{1,20}){1,6}$/.test(word) && /\d/.test(word)
  return isNumbered || /^[A-Z]{2,10}\d{3,8}$/.test(word)
}
