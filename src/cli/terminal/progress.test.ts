import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProgressDisplay } from './progress.ts'

/** The few control sequences that the display uses, as a terminal obeys them. */
class Screen {
  readonly color: boolean
  readonly written: string[] = []
  readonly #lines: string[] = ['']
  #row = 0

  constructor({ color = false } = {}) {
    this.color = color
  }

  readonly columns = () => 60

  write(text: string): void {
    this.written.push(text)
    // oxlint-disable-next-line no-control-regex -- a terminal is driven by them
    for (const [token] of text.matchAll(/\u001b\[\d*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g)) this.#obey(token)
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  #obey(token: string): void {
    // oxlint-disable-next-line no-control-regex -- the same
    const up = /^\u001b\[(\d+)A$/.exec(token)
    if (up !== null) this.#row -= Number(up[1])
    else if (token === '\u001b[J') this.#lines.splice(this.#row, this.#lines.length, '')
    else if (token === '\n') this.#lines[(this.#row += 1)] = ''
    else if (token !== '\r' && !token.endsWith('m')) this.#lines[this.#row] += token
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the progress display', () => {
  it('draws a line for each step that runs, with how much is done', () => {
    const screen = new Screen()
    using display = new ProgressDisplay(screen)
    display.show({ task: 'reading image', done: 5_100_000, total: 7_800_000, unit: 'bytes' })
    display.show({ task: 'packages found', done: 1234, unit: 'items' })
    vi.advanceTimersByTime(100)
    expect(screen.text).toBe('⠙ reading image  5.1 MB of 7.8 MB (65 %)\n⠙ packages found  1,234\n')
  })

  it('redraws in place, and takes away what has finished', () => {
    const screen = new Screen()
    using display = new ProgressDisplay(screen)
    for (const done of [1, 2, 3]) {
      display.show({ task: 'layers read', done, total: 3, unit: 'items', finished: done === 3 })
      display.show({ task: 'packages found', done, unit: 'items' })
      vi.advanceTimersByTime(100)
    }
    expect(screen.text).toMatch(/^. packages found {2}3\n$/)
  })

  it('leaves nothing when it is closed', () => {
    const screen = new Screen()
    const display = new ProgressDisplay(screen)
    display.show({ task: 'reading', done: 1, unit: 'items' })
    vi.advanceTimersByTime(100)
    display[Symbol.dispose]()
    expect(screen.text).toBe('')
  })

  it('draws nothing more once it is closed, though work still reports', () => {
    const screen = new Screen()
    const display = new ProgressDisplay(screen)
    display[Symbol.dispose]()
    display.show({ task: 'reading', done: 1, unit: 'items' })
    vi.advanceTimersByTime(1000)
    expect(screen.written).toEqual([])
  })

  it('makes way for other text and goes on below it', () => {
    const screen = new Screen()
    using display = new ProgressDisplay(screen)
    display.show({ task: 'reading', done: 1, unit: 'items' })
    vi.advanceTimersByTime(100)
    display.clear()
    screen.write('a note\n')
    vi.advanceTimersByTime(100)
    expect(screen.text).toMatch(/^a note\n. reading {2}1\n$/)
  })

  it('keeps a line within the terminal, and free of control characters', () => {
    const screen = new Screen()
    using display = new ProgressDisplay(screen)
    display.show({ task: `\u001b[2J${'x'.repeat(100)}`, done: 1, unit: 'items' })
    vi.advanceTimersByTime(100)
    expect(screen.text).toMatch(/^. \\u\{1b\}\[2Jx{20,}\n$/)
    expect(screen.text.length).toBeLessThanOrEqual(60)
  })

  it('shows no more lines than a few', () => {
    const screen = new Screen()
    using display = new ProgressDisplay(screen)
    for (let each = 0; each < 50; each += 1) display.show({ task: `feed ${each}`, done: 1, unit: 'items' })
    vi.advanceTimersByTime(100)
    expect(screen.text.trimEnd().split('\n')).toHaveLength(8)
  })

  it.each([
    [true, true],
    [false, false],
  ])('is coloured: %j', (color, expected) => {
    const screen = new Screen({ color })
    using display = new ProgressDisplay(screen)
    display.show({ task: 'reading', done: 1, unit: 'items' })
    vi.advanceTimersByTime(100)
    expect(screen.written.join('').includes('\u001b[36m')).toBe(expected)
  })
})
