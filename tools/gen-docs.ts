/** Writes the reference pages that are made from code. */
import { readFileSync, writeFileSync } from 'node:fs'
import { supportedFormats } from '#inventory/supported-formats.ts'
import { reportJsonSchema } from './report-schema.ts'

const pages = [
  { path: 'docs/reference/report-1.schema.json', text: reportJsonSchema() },
  { path: 'docs/reference/catalogers.md', text: await catalogersPage() },
]

const stale = pages.filter(({ path, text }) => readOrEmpty(path) !== text)
if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(`stale: ${stale.map(({ path }) => path).join(', ')}; run npm run gen\n`)
  process.exitCode = 1
} else {
  for (const { path, text } of stale) writeFileSync(path, text)
}

async function catalogersPage(): Promise<string> {
  const formats = await supportedFormats()
  const rows = formats.map(({ id, ecosystem, title, proves, files, isProbed, spec }) => {
    const places = [...files.map((glob) => `\`${glob.replaceAll('|', '\\|')}\``), ...(isProbed ? ['by content'] : [])]
    return `| ${ecosystem} | \`${id}\` | [${title}](${spec}) | ${proves} | ${places.join(', ')} |`
  })
  return [
    '# Package formats',
    '',
    `Made from the catalogers themselves by \`npm run gen\`; \`seawall catalogers\` prints the same. ${formats.length} formats.`,
    '*installed*: the software is there. *locked*: what a package manager would install exactly. *declared*: what a project',
    'asks for. Images and root file systems are read for the first two, source trees and single files for all.',
    '',
    '| ecosystem | cataloger | format | proves | files |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
