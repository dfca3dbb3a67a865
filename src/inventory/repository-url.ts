/** The address of a repository as it may be shown: without user, password or query. */
export function repositoryUrl(text: string): string {
  const [address = ''] = text.split(/[?#]/, 1)
  return address.replace(/^([a-z][a-z0-9+.-]{0,30}:\/\/)[^/@]{0,500}@/i, '$1')
}
