import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { runProgram } from '../program.ts'

describe('seawall version compare', () => {
  it.each([
    ['deb', '1.0~rc1-1', '1.0-1', '<'],
    ['rpm', '1.0-1', '1.0-1', '='],
    ['apk', '1.0-r10', '1.0-r9', '>'],
    ['npm', '1.2.3-rc.1', '1.2.3', '<'],
    ['semver', '1.2.3', 'v1.2.3', '='],
    ['go', 'go1.20', '1.20rc1', '>'],
  ])('%s: %s and %s', async (scheme, left, right, sign) => {
    expect(await run([scheme, left, right])).toEqual({ exit: 0, output: `${sign}\n` })
  })

  it.each([
    [['debb', '1', '2'], 'there is no version scheme "debb"', undefined],
    [['toString', '1', '2'], 'there is no version scheme "toString"', undefined],
    [['deb', '1_0', '2'], '"1_0" is not a version of the scheme deb', undefined],
    [['deb', '1', '2_0'], '"2_0" is not a version of the scheme deb', undefined],
    [['deb', '1'], 'there is nothing to compare with', '1'],
  ])('refuses %j', async (args, message, at) => {
    expect(await failure(args)).toMatchObject({ code: 'usage', message, at })
  })

  it('names the nearest scheme and all that are known', async () => {
    expect(await failure(['debb', '1', '2'])).toMatchObject({
      hint: 'Did you mean deb? Known are apk, bitnami, cocoapods, composer, conan, conda, cpan, cran, deb, gentoo, go, hackage, hex, jdk, julia, luarocks, maven, npm, nuget, opam, openssl, pacman, pep440, pub, rpm, rubygems, semver, swift.',
    })
    expect(await failure(['wordperfect', '1', '2'])).toMatchObject({
      hint: 'Known are apk, bitnami, cocoapods, composer, conan, conda, cpan, cran, deb, gentoo, go, hackage, hex, jdk, julia, luarocks, maven, npm, nuget, opam, openssl, pacman, pep440, pub, rpm, rubygems, semver, swift.',
    })
  })
})

describe('seawall version compare with pairs on standard input', () => {
  it('prints one verdict a line, wherever the chunks are cut', async () => {
    const text = '1.0 1.1\n\n  2.0\t2.0  \r\n\n1:0 9 \n3 4'
    const bytewise = Array.from(Buffer.from(text), (byte) => Buffer.from([byte]))
    expect(await run(['deb', '-'], [Buffer.from(text)])).toEqual({ exit: 0, output: '<\n=\n>\n<\n' })
    expect(await run(['deb', '-'], bytewise)).toEqual({ exit: 0, output: '<\n=\n>\n<\n' })
    expect(await run(['deb', '-'], [])).toEqual({ exit: 0, output: '' })
  })

  it.each([
    ['1 2\n\n1_0 2\n', '"1_0" is not a version of the scheme deb', 'line 3'],
    ['1 2\n3\n', 'two versions are expected, not 1', 'line 2'],
    ['1 2 3', 'two versions are expected, not 3', 'line 1'],
  ])('stops at the first bad line of %j', async (text, message, at) => {
    expect(await failure(['deb', '-'], [Buffer.from(text)])).toMatchObject({ code: 'usage', message, at })
  })

  it('prints the verdicts before a bad line', async () => {
    const printed: string[] = []
    await expect(run(['deb', '-'], [Buffer.from('1 2\n2 1\nx_ 1\n1 1\n')], printed)).rejects.toThrow(Problem)
    expect(printed.join('')).toBe('<\n>\n')
  })

  it('refuses a line without end', async () => {
    const endless = Array.from({ length: 10 }, () => Buffer.alloc(10_000, '1'))
    expect(await failure(['deb', '-'], [Buffer.from('1 2\n'), ...endless])).toMatchObject({
      code: 'limit_exceeded',
      at: 'line 2',
    })
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(run(['deb', '-'], [Buffer.from('1 2\n')], [], controller.signal)).rejects.toThrow('aborted')
  })
})

async function run(
  args: readonly string[],
  stdin: readonly Uint8Array[] = [],
  printed: string[] = [],
  signal = new AbortController().signal,
): Promise<{ exit: number; output: string }> {
  const terminal = {
    out: (text: string) => void printed.push(text),
    note: () => undefined,
    isInteractive: false,
    color: false,
    columns: 80,
  }
  const context = {
    signal,
    env: {},
    now: () => new Date(0),
    progress: () => undefined,
    terminal,
    stdin: Readable.from(stdin),
  }
  const exit = await runProgram(['version', 'compare', ...args], context)
  return { exit, output: printed.join('') }
}

async function failure(args: readonly string[], stdin: readonly Uint8Array[] = []): Promise<unknown> {
  return run(args, stdin).then(
    () => 'no failure',
    (error: unknown) => error,
  )
}
