/** Whether a `-wal` file holds a committed change. It may already be in the database: only both files together tell. */
export function hasCommittedFrames(wal: Buffer): boolean {
  // https://sqlite.org/fileformat2.html §4.1; the last bit of the magic number is the byte order of checksums.
  if (wal.length < 32 || (wal.readUInt32BE(0) & 0xff_ff_ff_fe) >>> 0 !== 0x37_7f_06_82) return false
  const frameBytes = 24 + wal.readUInt32BE(8)
  const salts = wal.subarray(16, 24)
  for (let at = 32; at + frameBytes <= wal.length; at += frameBytes) {
    // A frame of an earlier round, with other salts, ends the log.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) return false
    const isCommit = wal.readUInt32BE(at + 4) !== 0
    if (isCommit) return true
  }
  return false
}

/** Whether a `-journal` file holds pages that were to be put back: its transaction was cut off. */
export function isHotJournal(journal: Buffer): boolean {
  // §3; a finished transaction leaves the file empty, or its header zeroed.
  return journal.length > 28 && journal.readBigUInt64BE(0) === 0xd9_d5_05_f9_20_a1_63_d7n
}
