type Environment = Readonly<Record<string, string | undefined>>

/** Whether to colour what goes to a stream: https://no-color.org, https://force-color.org, else only on a terminal. */
export function showsColor(env: Environment, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = env
  if (forced !== undefined && forced !== '') return isOn(forced)
  if (refused !== undefined && refused !== '') return false
  return isTerminal && canMoveCursor(env) && !isOn(env['CI'])
}

/** Whether to draw progress: never where nobody looks, or where lines cannot be taken back. */
export function showsProgress(env: Environment, isTerminal: boolean): boolean {
  return isTerminal && canMoveCursor(env) && !isOn(env['CI'])
}

function canMoveCursor({ TERM: terminal }: Environment): boolean {
  return terminal !== 'dumb'
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase())
}
