/**
 * Preloaded into a program under test: writes its largest resident set, in KiB, and the processor time of all its
 * threads, in microseconds, to file descriptor 3 when it ends.
 */
import { writeSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeSync(3, `${maxRSS} ${userCPUTime + systemCPUTime}`)
})
