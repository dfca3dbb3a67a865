/** Words of one shingle: long enough that a shared one is no accident, short enough to survive a changed name nearby. */
const shingleWords = 5

/** Of one text; what is beyond was not looked at. */
const textLimit = 600_000

/**
 * Hashes of each run of five words. Letter case, punctuation, line breaks and comment marks do not matter, and neither
 * do lines that only say whose copyright it is.
 */
export function shinglesOf(text: string): ReadonlySet<number> {
  const words = wordsOf(text.slice(0, textLimit))
  const shingles = new Set<number>()
  for (let at = 0; at + shingleWords <= words.length; at++) {
    let hash = 0x81_1c_9d_c5
    for (let word = at; word < at + shingleWords; word++) hash = Math.imul(hash ^ (words[word] ?? 0), 0x01_00_01_93)
    shingles.add(mixed(hash))
  }
  return shingles
}

/** A hash for each word. */
function wordsOf(text: string): number[] {
  const words: number[] = []
  for (const line of text.split('\n')) {
    if (isCopyrightLine(line)) continue
    for (const [word] of line
      .toLowerCase()
      .replaceAll('licence', 'license')
      .matchAll(/[\p{L}\p{N}]{1,200}/gu)) {
      words.push(wordHash(word))
    }
  }
  return words
}

function isCopyrightLine(line: string): boolean {
  return (
    line.length < 300 &&
    /^[^\p{L}\p{N}]{0,20}(?:(?:copyright|copr|\(c\)|©)[\s.:]{0,5}(?:\(c\)|©|\d{4}|[<[{$])|all rights reserved\.?\s*$)/iu.test(
      line,
    )
  )
}

/** FNV-1a over UTF-16 code units, mixed at the end so that every bit depends on every letter. */
function wordHash(word: string): number {
  let hash = 0x81_1c_9d_c5
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01_00_01_93)
  return mixed(hash)
}

function mixed(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35)
  return (hash ^ (hash >>> 16)) >>> 0
}
