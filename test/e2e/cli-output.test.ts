/** What goes where: the result to standard output or a file, whole or not at all; everything else to standard error. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeShared, projectDir, shared } from '../helpers/components.ts'
import { buildSampleDatabase } from '../helpers/sample-database.ts'
import { type RunOptions, seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { inShell, storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
let database = ''
let whole = ''
beforeAll(async () => {
  database = await buildSampleDatabase(workspace.path)
  whole = (await seawall(['scan', '--quiet', '--format', 'json', storefront])).stdout
})
afterAll(() => workspace[Symbol.dispose]())

const addFormats = addFormatsModule.default

describe('a report', () => {
  const elsewhere: readonly [string, RunOptions][] = [
    ['again', {}],
    ['from another directory', { cwd: '/' }],
    ['in another time zone and language', { env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'de_DE' } }],
    ['with colour forced', { env: { FORCE_COLOR: '3' } }],
  ]
  it.each(elsewhere)('as JSON is the same to the byte, %s', async (_name, options) => {
    expect((await seawall(['scan', '--format', 'json', storefront], options)).stdout).toBe(whole)
  })

  it('as JSON is valid by the schema that we publish', async () => {
    const schema: unknown = JSON.parse(readFileSync(join(projectDir, 'docs/reference/report-1.schema.json'), 'utf8'))
    const validate = addFormats(new Ajv2020({ strict: false })).compile(schema as object)
    expect(validate(JSON.parse(whole)), JSON.stringify(validate.errors)).toBe(true)
    const all = await seawall(['scan', '--format', 'json', '--show-suppressed', '--db', database, storefront])
    expect(validate(JSON.parse(all.stdout)), JSON.stringify(validate.errors)).toBe(true)
  })

  it('leaves standard error to what is said beside it, and that is nothing under --quiet', async () => {
    const { stdout, stderr } = await seawall(['scan', '--fail-on', 'low', '--format', 'json', storefront])
    expect(stdout).toBe(whole)
    expect(stderr).toBe(
      `Scanning ${storefront}, an OCI archive\n16 findings at or above low: failing as --fail-on asks.\n`,
    )
    for (const args of [
      ['-q', 'scan'],
      ['scan', '--quiet'],
    ]) {
      const quiet = await seawall([...args, '--fail-on', 'low', '--format', 'json', storefront])
      expect(quiet).toMatchObject({ status: 1, stdout: whole, stderr: '' })
    }
  })

  it('says errors also under --quiet', async () => {
    expect((await seawall(['scan', '--quiet', './none.tar'])).stderr).toContain('no such file')
  })
})

describeShared('a report as SARIF', () => {
  it('is valid by the official schema', async () => {
    const {
      $schema: _draft,
      id: _id,
      ...schema
    } = JSON.parse(readFileSync(shared('specs/sarif/sarif-2.1/schema/sarif-schema-2.1.0.json'), 'utf8')) as Record<
      string,
      object
    >
    const validate = addFormats(new Ajv({ strict: false })).compile(schema)
    for (const args of [[storefront], ['--show-suppressed', '--db', database, storefront]]) {
      const { stdout } = await seawall(['scan', '--format', 'sarif', ...args])
      expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true)
    }
  })
})

describe('--output', () => {
  it('writes the result to a file and nothing to standard output', async () => {
    const path = join(workspace.path, 'report.json')
    const { status, stdout } = await seawall(['scan', '--format', 'json', '-o', path, storefront])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(readFileSync(path, 'utf8')).toBe(whole)
  })

  it('keeps the permissions of the file that it replaces, and a link to it', async () => {
    const dir = join(workspace.path, 'linked')
    mkdirSync(dir)
    const [real, link] = [join(dir, 'real.txt'), join(dir, 'link.txt')]
    writeFileSync(real, 'old')
    chmodSync(real, 0o640)
    symlinkSync(real, link)
    await seawall(['scan', '-o', link, storefront])
    expect(readFileSync(real, 'utf8')).toContain('Debian GNU/Linux 12')
    expect(statSync(real).mode & 0o777).toBe(0o640)
    expect(readdirSync(dir)).toEqual(['link.txt', 'real.txt'])
  })

  it.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])('%s is standard output', async (name) => {
    const { stdout } = await seawall(['scan', '--format', 'json', '-o', name, storefront])
    expect(stdout).toBe(whole)
  })

  it('adds to a file that standard output is redirected to, as /dev/stdout', async () => {
    const line = 'echo before > out; seawall scan -q -f json -o /dev/stdout "$storefront" >> out; cat out'
    expect((await inShell(line)).stdout).toBe(`before\n${whole}`)
  })

  it('writes into a pipe', async () => {
    const line = 'mkfifo pipe; cat pipe > copy & seawall scan -q -f json -o pipe "$storefront"; wait; cat copy; ls'
    expect((await inShell(line)).stdout).toBe(`${whole}copy\npipe\n`)
  })

  it('is written without colour', async () => {
    const path = join(workspace.path, 'plain.txt')
    await seawall(['scan', '-o', path, storefront], { env: { FORCE_COLOR: '1' } })
    expect(readFileSync(path, 'utf8')).not.toContain('\u001b')
  })

  it('is refused before anything is read', async () => {
    const { status, stderr } = await seawall(['scan', '-o', workspace.path, 'registry.invalid/none'])
    expect(status).toBe(2)
    expect(stderr).toContain('the output is a directory')
  })

  it('leaves the old file or the new one whenever the program is killed', async () => {
    const dir = join(workspace.path, 'killed')
    mkdirSync(dir)
    const path = join(dir, 'report.json')
    const seen = new Set<string>()
    for (let delayMs = 350; delayMs < 900 && seen.size < 2; delayMs += 60) {
      writeFileSync(path, 'old')
      await seawall(['scan', '--format', 'json', '-o', path, storefront], {
        onStart: (child) => void setTimeout(() => child.kill('SIGKILL'), delayMs),
      })
      const text = readFileSync(path, 'utf8')
      expect(['old', whole]).toContain(text)
      seen.add(text)
    }
    expect(seen.size).toBeGreaterThan(0)
  })
})

describe('an output that takes no more', () => {
  it.each(['> /dev/full', '-o /dev/full'])('is said: %s', async (where) => {
    const { status, stderr } = await inShell(`seawall scan -q -f json "$storefront" ${where}`)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^seawall: .*no space left on device.*\n(?: {2}at: .*\n)? {2}.+\n$/)
  })

  it('is never taken for a whole one when only the beginning fits', async () => {
    const line = `trap '' XFSZ; ulimit -f 8; seawall scan -q -f json "$storefront" > out; echo $?; stat -c %s out`
    const { stdout, stderr } = await inShell(line)
    expect(stdout).toBe('2\n8192\n')
    expect(stderr).toContain('standard output takes no more')
  })

  it('leaves the old file where the new one does not fit', async () => {
    const line = `trap '' XFSZ; echo old > out; ulimit -f 8; seawall scan -q --no-cache -f json -o out "$storefront"; echo $?; cat out; ls -A`
    const { stdout, stderr } = await inShell(line)
    expect(stdout).toBe('2\nold\nout\n')
    expect(stderr).toContain('the output cannot be written')
  })

  it.each([
    ['scan "$storefront"', 0],
    ['scan -f json "$storefront"', 0],
    ['scan --fail-on low "$storefront"', 1],
    ['--help', 0],
    ['completion bash', 0],
    ['db status', 0],
  ])('`seawall %s | true` ends quietly', async (args, exit) => {
    const { stdout, stderr } = await inShell(`seawall -q ${args} | true; echo \${PIPESTATUS[0]}`)
    expect(stderr).toBe('')
    expect(stdout).toBe(`${exit}\n`)
  })

  it('`seawall scan | head -1` shows the first line', async () => {
    const { stdout, stderr } = await inShell('seawall scan -q "$storefront" | head -1')
    expect(stdout).toMatch(/^\S+storefront\.tar {2}oci-archive · linux\/amd64 · 4 layers\n$/)
    expect(stderr).toBe('')
  })

  it('ends an endless comparison', async () => {
    const { stdout, stderr } = await inShell('yes 1 2 | seawall version compare deb - | head -2')
    expect(stdout).toBe('<\n<\n')
    expect(stderr).toBe('')
  })

  it('is no matter where nobody listens to notes', async () => {
    const { stdout, stderr } = await inShell('seawall scan -f json "$storefront" 2>/dev/full | wc -c')
    expect(Number(stdout)).toBe(Buffer.byteLength(whole))
    expect(stderr).toBe('')
  })
})
