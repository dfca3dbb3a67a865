import type { Command } from './command.ts'
import { type Flag, flagsOf } from './flags.ts'

type Shell = 'bash' | 'zsh' | 'fish'

interface Verb {
  /** `db update`. */
  readonly words: string
  readonly summary: string
  readonly flags: readonly Flag[]
  /** Values of the first argument, where it takes only these. */
  readonly values: readonly string[]
}

interface Group {
  readonly word: string
  readonly verbs: readonly string[]
}

/** A script that completes verbs, flags and the choices of both; everything else completes as a file name. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const verbs = commands.map(({ name, summary, options, arguments: [first] }) => {
    return { words: name, summary, flags: flagsOf(options), values: first?.choices ?? [] }
  })
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](verbs)
}

function groupsOf(verbs: readonly Verb[]): Group[] {
  const nested = verbs.map(({ words }) => words.split(' ')).filter(({ length }) => length === 2)
  const groups = Map.groupBy(nested, ([first = '']) => first)
  return [...groups].map(([word, members]) => ({ word, verbs: members.map(([, second = '']) => second) }))
}

function firstWords(verbs: readonly Verb[]): string[] {
  return [...new Set(verbs.map(({ words }) => words.split(' ')[0] ?? ''))]
}

function bashScript(verbs: readonly Verb[]): string {
  return `# bash completion for seawall
_seawall() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at=$COMP_CWORD
  local first=\${COMP_WORDS[1]} second=\${COMP_WORDS[2]} third=\${COMP_WORDS[3]} choices= before=
  if [[ $word == = ]]; then word=
  elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
${choicesScript(verbs)}
  COMPREPLY=()
  if [[ -n $choices ]]; then
    if [[ $word == *,* ]]; then before=\${word%,*},; fi
    mapfile -t COMPREPLY < <(compgen -P "$before" -W "$choices" -- "\${word##*,}")
  fi
}
complete -o bashdefault -o default -F _seawall seawall
`
}

function zshScript(verbs: readonly Verb[]): string {
  return `#compdef seawall
_seawall() {
  local word=\${words[CURRENT]} previous=\${words[CURRENT-1]} at=$((CURRENT-1))
  local first=\${words[2]} second=\${words[3]} third=\${words[4]} choices=
  if [[ $word == --*=* ]]; then
    previous=\${word%%=*}
    word=
    compset -P '*='
  fi
${choicesScript(verbs)}
  if [[ -z $choices ]]; then _files; return; fi
  if [[ $word == *,* ]]; then compset -P '*,'; fi
  compadd -- \${=choices}
}
if [[ "\${funcstack[1]}" == _seawall ]]; then _seawall "$@"; else compdef _seawall seawall; fi
`
}

/** Sets \`choices\` from \`at\`, \`first\`, \`second\`, \`third\`, \`previous\` and \`word\`; bash and zsh read it alike. */
function choicesScript(verbs: readonly Verb[]): string {
  const groups = groupsOf(verbs)
  const groupCases = groups.map((group) => `      ${group.word}) choices="${group.verbs.join(' ')}" ;;`)
  const flagCases = verbs.map(({ words, flags }) => `      "${words}") choices="${flagWords(flags)}" ;;`)
  const valueCases = verbs.flatMap(({ words, flags }) =>
    flags.filter(({ choices }) => choices.length > 0).map((flag) => valueCase(words, flag)),
  )
  const argumentCases = verbs
    .filter(({ values }) => values.length > 0)
    .map(({ words, values }) => `      "${words.split(' ').length + 1} ${words}") choices="${values.join(' ')}" ;;`)
  return `  if [[ $first == help && $at -gt 1 ]]; then
    first=$second second=$third at=$((at-1))
    if [[ $at -eq 1 ]]; then first=; fi
  fi
  local verb=$first
  case $first in ${groups.map(({ word }) => word).join('|')}) verb="$first $second" ;; esac
  if [[ $at -eq 1 ]]; then
    choices="${[...firstWords(verbs), 'help'].join(' ')}"
    if [[ $word == -* ]]; then choices="--help --quiet --version"; fi
  elif [[ $word == -* ]]; then
    choices="--quiet --help"
    case $verb in
${flagCases.join('\n')}
    esac
  elif [[ $previous == -* ]]; then
    case "$verb $previous" in
${valueCases.join('\n')}
    esac
  elif [[ $at -eq 2 && $verb == "$first "* ]]; then
    case $first in
${groupCases.join('\n')}
    esac
  else
    case "$at $verb" in
${argumentCases.join('\n')}
    esac
  fi`
}

function valueCase(words: string, { name, short, choices }: Flag): string {
  const patterns = [`"${words} --${name}"`, ...(short === undefined ? [] : [`"${words} -${short}"`])]
  return `      ${patterns.join('|')}) choices="${choices.join(' ')}" ;;`
}

function flagWords(flags: readonly Flag[]): string {
  return [...flags.map(({ name }) => `--${name}`), '--quiet', '--help'].join(' ')
}

function fishScript(verbs: readonly Verb[]): string {
  const groups = groupsOf(verbs)
  const first = firstWords(verbs).join(' ')
  const summaries = verbs.filter(({ words }) => !words.includes(' '))
  const lines = [
    'complete -c seawall -n __fish_use_subcommand -f',
    "complete -c seawall -s q -l quiet -d 'say nothing but the result and errors'",
    "complete -c seawall -s h -l help -d 'print help'",
    "complete -c seawall -n __fish_use_subcommand -s V -l version -d 'print the version'",
    `complete -c seawall -n __fish_use_subcommand -a help -d 'explain a command'`,
    `complete -c seawall -n '__fish_seen_subcommand_from help; and not __fish_seen_subcommand_from ${first}' -f -a ${quoted(first)}`,
    ...summaries.map(
      ({ words, summary }) => `complete -c seawall -n __fish_use_subcommand -a ${words} -d ${quoted(summary)}`,
    ),
    ...groups.map(({ word }) => `complete -c seawall -n __fish_use_subcommand -a ${word}`),
    ...verbs.flatMap((verb) => fishVerb(verb, groups)),
  ]
  return `# fish completion for seawall\n${lines.join('\n')}\n`
}

function fishVerb({ words, summary, flags, values }: Verb, groups: readonly Group[]): string[] {
  const [first = '', second] = words.split(' ')
  const siblings = groups.find(({ word }) => word === first)?.verbs ?? []
  const isChosen = [first, ...(second === undefined ? [] : [second])]
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ')
  const isOpen = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${siblings.join(' ')}`
  return [
    ...(second === undefined ? [] : [`complete -c seawall -n '${isOpen}' -f -a ${second} -d ${quoted(summary)}`]),
    ...(values.length === 0 ? [] : [`complete -c seawall -n '${isChosen}' -f -a ${quoted(values.join(' '))}`]),
    ...flags.map((flag) => fishFlag(isChosen, flag)),
  ]
}

function fishFlag(condition: string, { name, short, kind, about, choices }: Flag): string {
  const letter = short === undefined ? '' : ` -s ${short}`
  const value = kind === 'switch' ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r'
  return `complete -c seawall -n '${condition}'${letter} -l ${name}${value} -d ${quoted(about)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
