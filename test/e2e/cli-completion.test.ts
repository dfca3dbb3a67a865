/** The completion scripts, in the shells that they are for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../helpers/components.ts'
import { seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { inShell } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
const script = { bash: join(workspace.path, 'seawall.bash'), zsh: join(workspace.path, '_seawall') }
const fishScript = join(workspace.path, 'seawall.fish')
beforeAll(async () => {
  for (const [shell, path] of [...Object.entries(script), ['fish', fishScript] as const]) {
    const { status, stdout } = await seawall(['completion', shell])
    expect(status).toBe(0)
    writeFileSync(path, stdout)
  }
  writeFileSync(join(workspace.path, 'image.tar'), '')
})
afterAll(() => workspace[Symbol.dispose]())

/** What is typed, and what it may become. */
const cases: [typed: string, offered: string[]][] = [
  ['seawall d', ['db']],
  ['seawall db up', ['update']],
  ['seawall db ', ['build', 'import', 'status', 'update', 'verify']],
  ['seawall version ', ['compare']],
  ['seawall version compare r', ['rpm', 'rubygems']],
  ['seawall completion ', ['bash', 'fish', 'zsh']],
  ['seawall help ', ['cache', 'catalogers', 'completion', 'db', 'licences', 'sbom', 'scan', 'version']],
  ['seawall help db v', ['verify']],
  ['seawall scan --form', ['--format']],
  ['seawall scan --format ', ['json', 'sarif', 'table']],
  ['seawall scan -f s', ['sarif']],
  ['seawall scan x --fail-on hi', ['high']],
  ['seawall db build --forma', ['--format']],
  ['seawall db build --format ', ['json', 'text']],
]

describeWith(['bash'], 'completion in bash', () => {
  async function complete(words: readonly string[]): Promise<string[]> {
    const array = words.map((word) => `'${word}'`).join(' ')
    const line = `source ${script.bash}; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _seawall; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await inShell(line)
    expect(stderr).toBe('')
    return stdout.split('\n').filter((word) => word !== '')
  }

  it.each(cases)('%s', async (typed, offered) => {
    expect((await complete(typed.split(' '))).filter((word) => word !== 'help').toSorted()).toEqual(offered)
  })

  it('after an equals sign, and within a list', async () => {
    expect(await complete(['seawall', 'scan', '--format', '=', 'js'])).toEqual(['json'])
    expect(await complete(['seawall', 'scan', '--format', '='])).toEqual(['table', 'json', 'sarif'])
    expect(await complete(['seawall', 'scan', '--severity', 'high,cr'])).toEqual(['high,critical'])
  })

  it('leaves file names to the shell, by a real Tab', async () => {
    const line = `cd ${workspace.path}; printf 'source ${script.bash}\\nseawall() { echo "got:$*"; }\\nseawall scan ima\\t\\nexit\\n' | bash --norc --noprofile -i 2>/dev/null`
    expect((await inShell(line)).stdout).toContain('got:scan image.tar')
  })
})

describeWith(['zsh'], 'completion in zsh, by a real Tab', () => {
  /** What the line has become, and what else was shown. */
  async function complete(typed: string): Promise<string> {
    const zsh = `
      zmodload zsh/zpty
      zpty terminal zsh -f -i
      zpty -w terminal "PS1=; cd ${workspace.path}; fpath=(${workspace.path} \\$fpath); autoload -U compinit; compinit -u -D"
      zpty -w terminal "LISTMAX=1000; bindkey '^I' complete-word; unsetopt beep; echo re''ady"
      zpty -r terminal seen '*ready*'
      zpty -w -n terminal '${typed}'$'\\t'
      sleep 0.7
      zpty -w -n terminal $'\\x15echo en\\x27\\x27d\\n'
      zpty -r terminal seen '*end*'
      print -r -- "$seen"`
    // oxlint-disable-next-line no-control-regex -- a terminal is driven by them
    return (await inShell(zsh, { shell: 'zsh' })).stdout.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '')
  }

  it.each([
    ['seawall db up', /db up\s?date/],
    ['seawall scan --form', /--form\s?at/],
    ['seawall scan --format=js', /--format=js\s?on/],
    ['seawall scan --severity high,cri', /high,cri\s?tical/],
    ['seawall scan ima', /scan ima\s?ge\.tar/],
    ['seawall completion ba', /completion ba\s?sh/],
    ['seawall db ', /build +import +status +update +verify/],
  ])('%s', { retry: 2 }, async (typed, expected) => {
    expect(await complete(typed)).toMatch(expected)
  })
})

describeWith(['fish'], 'completion in fish', () => {
  async function complete(typed: string): Promise<string[]> {
    const { stdout } = await inShell(`cd ${workspace.path}; fish -c "source ${fishScript}; complete -C '${typed}'"`)
    const words = stdout.split('\n').map((line) => line.split('\t')[0] ?? '')
    return words.filter((word) => word !== '' && word !== 'help').toSorted()
  }

  it.each(cases)('%s', async (typed, offered) => {
    expect(await complete(typed)).toEqual(offered)
  })

  it('leaves file names to the shell', async () => {
    expect(await complete('seawall scan ima')).toEqual(['image.tar'])
    expect(await complete('seawall scan -o ima')).toEqual(['image.tar'])
  })
})
