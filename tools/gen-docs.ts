/** Writes the reference pages that are made from code. */
import { readFileSync, writeFileSync } from 'node:fs'
import { reportJsonSchema } from './report-schema.ts'

const pages = [{ path: 'docs/reference/report-1.schema.json', text: reportJsonSchema() }]

const stale = pages.filter(({ path, text }) => readOrEmpty(path) !== text)
if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(`stale: ${stale.map(({ path }) => path).join(', ')}; run npm run gen\n`)
  process.exitCode = 1
} else {
  for (const { path, text } of stale) writeFileSync(path, text)
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
