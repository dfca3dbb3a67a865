/** Draws what a command prints as SVG: `node tools/terminal-picture.ts docs/images/scan.svg 'seawall scan …'`. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

const [path = '', shown = ''] = process.argv.slice(2)
const [, ...args] = shown.split(' ')
const { stdout, stderr } = spawnSync(process.execPath, ['bin/seawall.js', ...args], {
  encoding: 'utf8',
  env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: undefined },
})

const palette: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '36': '#79c0ff',
  '90': '#8b949e',
}
const lineHeight = 19
const charWidth = 7.83
const margin = 16

const lines = [`\u001b[1m$ ${shown}\u001b[22m`, ...`${stderr}${stdout}`.trimEnd().split('\n')]
const columns = Math.max(...lines.map((line) => stripped(line).length))
const width = Math.ceil(columns * charWidth + margin * 2)
const height = lines.length * lineHeight + margin * 2
const rows = lines.map((line, at) => {
  return `<text x="${margin}" y="${margin + (at + 0.75) * lineHeight}" xml:space="preserve">${spans(line)}</text>`
})
writeFileSync(
  path,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Output of ${escaped(shown)}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#c9d1d9">
${rows.join('\n')}
</g>
</svg>
`,
)

function spans(line: string): string {
  let weight = 'normal'
  let fill = ''
  return line
    .split(/(\u001b\[\d{1,3}m)/)
    .map((part) => {
      const code = /^\u001b\[(\d{1,3})m$/.exec(part)?.[1]
      if (code === undefined) return part === '' ? '' : span(part, weight, fill)
      if (code === '1') weight = 'bold'
      else if (code === '22') weight = 'normal'
      else fill = palette[code] ?? ''
      return ''
    })
    .join('')
}

function span(text: string, weight: string, fill: string): string {
  const attributes = `${weight === 'bold' ? ' font-weight="bold"' : ''}${fill === '' ? '' : ` fill="${fill}"`}`
  return attributes === '' ? escaped(text) : `<tspan${attributes}>${escaped(text)}</tspan>`
}

function stripped(line: string): string {
  return line.replaceAll(/\u001b\[\d{1,3}m/g, '')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
