import { describe, expect, it } from 'vitest'
import { Problem, type ProblemCode, problems } from '#kit/errors.ts'
import { explain } from './explain.ts'

const codes = Object.keys(problems) as ProblemCode[]

describe('an explanation', () => {
  it('says what, where and what to do', () => {
    expect(explain(new Problem('malformed', 'it is torn', { at: 'a.tar', hint: 'Save it again.' }))).toEqual({
      text: 'seawall: it is torn\n  at: a.tar\n  Save it again.\n',
      exit: 6,
    })
  })

  it.each(codes)('of %s has something to do even where nothing was given', (code) => {
    const { text, exit } = explain(new Problem(code, 'so it is'))
    expect(text).toMatch(/^seawall: so it is\n {2}[A-Z][^\n]{10,}\n$/)
    expect(exit).toBe(problems[code].exit)
  })

  it('lets no control character through, wherever it comes from', () => {
    const hostile = 'a\u001b[2Jb\nc\u009bd\u202e'
    for (const error of [
      new Problem('malformed', hostile, { at: hostile, hint: hostile }),
      new Error(hostile),
      new Error('plain', { cause: hostile }),
      hostile,
    ]) {
      const { text } = explain(error)
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  })

  it('calls everything else a bug, with its stack', () => {
    const { text, exit } = explain(new TypeError('x is not a function'))
    expect(exit).toBe(70)
    expect(text).toContain('This is a bug in Seawall')
    expect(text).toContain('explain.test.ts')
  })
})
