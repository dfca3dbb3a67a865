import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { defineCommand } from '../command.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export default defineCommand({
  name: 'completion',
  summary: 'Print a completion script for a shell',
  arguments: [{ name: 'shell', about: shells.join(', '), choices: shells }],
  options: z.object({}),
  examples: [
    { run: 'source <(seawall completion bash)', about: 'in this bash; put it into ~/.bashrc to keep it' },
    { run: 'seawall completion zsh > "${fpath[1]}/_seawall"', about: 'for zsh' },
    { run: 'seawall completion fish > ~/.config/fish/completions/seawall.fish', about: 'for fish' },
  ],

  async run([shell = ''], _options, { terminal }) {
    const known = shells.find((name) => name === shell)
    if (known === undefined) {
      throw new Problem('usage', `there is no completion for ${JSON.stringify(shell)}`, {
        hint: `Choose one of ${shells.join(', ')}.`,
      })
    }
    const { completionScript } = await import('../completion-script.ts')
    const { loadCommands } = await import('../program.ts')
    terminal.out(completionScript(known, await loadCommands()))
    return 0
  },
})
