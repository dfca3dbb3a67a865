import { styleText } from 'node:util'
import type { Progress } from '#kit/context.ts'
import { counted, formatBytes, printable } from '#kit/text.ts'

const frameMs = 80
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

interface Screen {
  write(text: string): void
  readonly columns: () => number
}

/** Shows running steps on a terminal, one line each, redrawn in place; leaves no trace when it closes. */
export class ProgressDisplay implements Disposable {
  readonly #screen: Screen
  readonly #steps = new Map<string, Progress>()
  #timer: NodeJS.Timeout | undefined
  #drawnLines = 0
  #frame = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  show(step: Progress): void {
    if (step.finished === true) this.#steps.delete(step.task)
    else this.#steps.set(step.task, step)
    this.#timer ??= setInterval(() => this.#draw(), frameMs).unref()
  }

  /** Removes what was drawn, so that other text can be written; drawing goes on at the next frame. */
  clear(): void {
    if (this.#drawnLines === 0) return
    this.#screen.write(`\r\u001b[${this.#drawnLines}A\u001b[J`)
    this.#drawnLines = 0
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.clear()
  }

  #draw(): void {
    this.clear()
    this.#frame = (this.#frame + 1) % frames.length
    const lines = [...this.#steps.values()].slice(0, 8).map((step) => this.#line(step))
    if (lines.length > 0) this.#screen.write(`${lines.join('\n')}\n`)
    this.#drawnLines = lines.length
  }

  #line(step: Progress): string {
    const text = `${printable(step.task)}  ${amount(step)}`.slice(0, Math.max(10, this.#screen.columns() - 3))
    return `${styleText('cyan', frames[this.#frame] ?? '', { validateStream: false })} ${text}`
  }
}

function amount({ done, total, unit }: Progress): string {
  const say = unit === 'bytes' ? formatBytes : (count: number) => counted(count, 'item')
  if (total === undefined || total === 0) return say(done)
  return `${say(done)} of ${say(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)`
}
