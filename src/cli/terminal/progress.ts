import { styleText } from 'node:util'
import type { Progress } from '#kit/context.ts'
import { formatBytes, printable } from '#kit/text.ts'

const frameMs = 80
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const linesShown = 8
/** Of a terminal that does not say how wide it is. */
const usualColumns = 80

interface Screen {
  write(text: string): void
  readonly columns: () => number
  readonly color: boolean
}

/** Shows running steps on a terminal, one line each, redrawn in place; leaves no trace when it closes. */
export class ProgressDisplay implements Disposable {
  readonly #screen: Screen
  readonly #steps = new Map<string, Progress>()
  #timer: NodeJS.Timeout | undefined
  #drawnLines = 0
  #frame = 0
  #isClosed = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  show(step: Progress): void {
    if (this.#isClosed) return
    if (step.finished === true) this.#steps.delete(step.task)
    else this.#steps.set(step.task, step)
    this.#timer ??= setInterval(() => this.#draw(), frameMs).unref()
  }

  /** Removes what was drawn, so that other text can be written; drawing goes on at the next frame. */
  clear(): void {
    const erasing = this.#erasing()
    if (erasing !== '') this.#screen.write(erasing)
    this.#drawnLines = 0
  }

  /** Nothing is drawn any more, whatever is still reported. */
  [Symbol.dispose](): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.clear()
  }

  #erasing(): string {
    return this.#drawnLines === 0 ? '' : `\r\u001b[${this.#drawnLines}A\u001b[J`
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % frames.length
    const lines = [...this.#steps.values()].slice(0, linesShown).map((step) => `${this.#line(step)}\n`)
    const text = `${this.#erasing()}${lines.join('')}`
    if (text !== '') this.#screen.write(text)
    this.#drawnLines = lines.length
  }

  #line(step: Progress): string {
    const width = Math.max(10, (this.#screen.columns() || usualColumns) - 3)
    const frame = frames[this.#frame] ?? ''
    const mark = this.#screen.color ? styleText('cyan', frame, { validateStream: false }) : frame
    return `${mark} ${`${printable(step.task)}  ${amount(step)}`.slice(0, width)}`
  }
}

function amount({ done, total, unit }: Progress): string {
  const say = unit === 'bytes' ? formatBytes : (count: number) => count.toLocaleString('en-US')
  if (total === undefined || total === 0) return say(done)
  return `${say(done)} of ${say(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)`
}
