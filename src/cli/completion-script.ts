import type { Command } from './command.ts'
import { type Flag, flagsOf } from './flags.ts'

type Shell = 'bash' | 'zsh' | 'fish'

interface Verb {
  readonly words: string
  readonly summary: string
  readonly flags: readonly Flag[]
}

/** A script that completes verbs, flags and the choices of flags; everything else completes as a file name. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const verbs = commands.map(({ name, summary, options }) => ({ words: name, summary, flags: flagsOf(options) }))
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](verbs)
}

function bashScript(verbs: readonly Verb[]): string {
  return `# bash completion for seawall
_seawall() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local first=\${COMP_WORDS[1]} second=\${COMP_WORDS[2]} choices=
${verbMatch(verbs)}
  COMPREPLY=()
  if [[ -n $choices ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
  fi
}
complete -o bashdefault -o default -F _seawall seawall
`
}

function zshScript(verbs: readonly Verb[]): string {
  return `#compdef seawall
_seawall() {
  local word=\${words[CURRENT]} previous=\${words[CURRENT-1]} COMP_CWORD=$((CURRENT-1))
  local first=\${words[2]} second=\${words[3]} choices=
${verbMatch(verbs)}
  if [[ -n $choices ]]; then compadd -- \${=choices}; fi
  if [[ $word != -* && $COMP_CWORD -gt 1 ]]; then _files; fi
}
if [[ "\${funcstack[1]}" == _seawall ]]; then _seawall "$@"; else compdef _seawall seawall; fi
`
}

/** Sets \`choices\` from \`first\`, \`second\`, \`previous\` and \`word\`; bash and zsh read it alike. */
function verbMatch(verbs: readonly Verb[]): string {
  const groups = Map.groupBy(
    verbs.filter(({ words }) => words.includes(' ')),
    ({ words }) => words.split(' ')[0] ?? '',
  )
  const valueCases = verbs.flatMap(({ words, flags }) =>
    flags
      .filter(({ choices }) => choices.length > 0)
      .map(({ name, choices }) => `    "${words} --${name}") choices="${choices.join(' ')}" ;;`),
  )
  const flagCases = verbs.map(({ words, flags }) => `    "${words}") choices="${flagWords(flags)}" ;;`)
  const firstWords = [...new Set(verbs.map(({ words }) => words.split(' ')[0] ?? ''))]
  const groupCases = [...groups].map(
    ([group, members]) => `    ${group}) choices="${members.map(({ words }) => words.split(' ')[1]).join(' ')}" ;;`,
  )
  return `  local verb=$first
  case $first in ${[...groups.keys()].join('|')}) verb="$first $second" ;; esac
  if [[ $COMP_CWORD -eq 1 ]]; then
    choices="${firstWords.join(' ')} --help --version"
  elif [[ $word == -* ]]; then
    case $verb in
${flagCases.join('\n')}
    esac
  elif [[ $previous == -* ]]; then
    case "$verb $previous" in
${valueCases.join('\n')}
    esac
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case $first in
${groupCases.join('\n')}
    esac
  fi`
}

function flagWords(flags: readonly Flag[]): string {
  return [...flags.map(({ name }) => `--${name}`), '--quiet', '--help'].join(' ')
}

function fishScript(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ words, summary, flags }) => {
    const [first = '', second] = words.split(' ')
    const isChosen =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
    const isOpen = second === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`
    return [
      `complete -c seawall -n '${isOpen}' -a ${second ?? first} -d ${quoted(summary)}`,
      ...(second === undefined ? [] : [`complete -c seawall -n __fish_use_subcommand -a ${first}`]),
      ...flags.map((flag) => fishFlag(isChosen, flag)),
    ]
  })
  return `# fish completion for seawall\n${[...new Set(lines)].join('\n')}\n`
}

function fishFlag(condition: string, { name, kind, about, choices }: Flag): string {
  const value = kind === 'switch' ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r'
  return `complete -c seawall -n '${condition}' -l ${name}${value} -d ${quoted(about)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
