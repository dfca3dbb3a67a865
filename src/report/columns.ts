import { printable } from '#kit/text.ts'

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** May be shortened when the table is too wide. */
  readonly shrinks?: boolean
}

export interface Cell {
  /** Untrusted text is welcome: it is made printable here. */
  readonly text: string
  readonly paint?: ((text: string) => string) | undefined
}

const gap = '  '
const leastWidth = 12

/** Lines of a table that fits into `width` columns, titles first, indented by two spaces. */
export function layOut(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string[] {
  const clean = rows.map((cells) => cells.map(({ text, paint }) => ({ text: printable(text), paint })))
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...clean.map((cells) => cells[at]?.text.length ?? 0)),
  )
  shrink(columns, widths, width)
  const titles = columns.map(({ title }) => ({ text: title, paint: undefined }))
  return [titles, ...clean].map((cells) =>
    cells
      .map((cell, at) => drawn(cell, widths[at] ?? 0, columns[at]?.align === 'right'))
      .join(gap)
      .replace(/ {1,512}$/, '')
      .replace(/^/, gap),
  )
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, each) => sum + each + gap.length, 0) - width
  while (excess > 0) {
    const widest = columns.reduce(
      (best, { shrinks }, at) => (shrinks === true && (widths[at] ?? 0) > (widths[best] ?? 0) ? at : best),
      columns.findIndex(({ shrinks }) => shrinks === true),
    )
    const current = widths[widest]
    if (current === undefined || current <= leastWidth) return
    const cut = Math.min(excess, Math.max(1, current - leastWidth))
    widths[widest] = current - Math.max(1, Math.ceil(cut / 2))
    excess -= current - (widths[widest] ?? 0)
  }
}

function drawn({ text, paint }: Cell, width: number, isRight: boolean): string {
  const short = text.length > width ? `${text.slice(0, Math.max(1, width - 1))}…` : text
  const padding = ' '.repeat(width - short.length)
  const painted = paint === undefined ? short : paint(short)
  return isRight ? padding + painted : painted + padding
}
