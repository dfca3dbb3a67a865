import { z } from 'zod'
import type { SupportedFormat } from '#inventory/supported-formats.ts'
import { Problem } from '#kit/errors.ts'
import { jsonText } from '#kit/json.ts'
import { counted } from '#kit/text.ts'
import { defineCommand } from '../command.ts'
import { columns } from '../terminal/columns.ts'

export default defineCommand({
  name: 'catalogers',
  summary: 'List the package formats that are read',
  arguments: [],
  options: z.object({
    ecosystem: z.string().optional().describe('only formats of this ecosystem').meta({ placeholder: 'NAME' }),
    format: z.enum(['text', 'json']).default('text').describe('how to print it'),
  }),
  examples: [
    { run: 'seawall catalogers', about: 'every format, what it proves and where it is looked for' },
    { run: 'seawall catalogers --ecosystem pypi', about: 'those of Python' },
    { run: 'seawall catalogers --format json', about: 'for programs' },
  ],

  async run(_args, { ecosystem, format }, { terminal }) {
    const { supportedFormats } = await import('#inventory/supported-formats.ts')
    const all = await supportedFormats()
    const known = [...new Set(all.map((one) => one.ecosystem))]
    if (ecosystem !== undefined && !known.some((one) => one === ecosystem)) {
      throw new Problem('usage', `no format is of the ecosystem ${ecosystem}`, {
        hint: `There are: ${known.join(', ')}.`,
      })
    }
    const shown = all.filter((one) => ecosystem === undefined || one.ecosystem === ecosystem)
    terminal.out(format === 'json' ? jsonText(shown) : asText(shown))
    return 0
  },
})

function asText(formats: readonly SupportedFormat[]): string {
  const rows = formats.map(({ ecosystem, id, proves, title, files, isProbed }) => {
    const places = [...files, ...(isProbed ? ['(by content)'] : [])]
    return [ecosystem, id, proves, title, `${places.slice(0, 2).join(' ')}${places.length > 2 ? ' …' : ''}`]
  })
  const table = columns([['ECOSYSTEM', 'ID', 'PROVES', 'FORMAT', 'FILES'], ...rows])
  return `${table.join('\n')}\n\n${counted(formats.length, 'format')}\n`
}
