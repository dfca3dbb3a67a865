/** WordPress looks at this much of a file. */
const headerBytes = 8192

/** Fields of the comment at the head of a plugin or theme, by name in lower case; the first of a name counts. */
export function readHeader(bytes: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of bytes
    .subarray(0, headerBytes)
    .toString('utf8')
    .split(/[\r\n]/)) {
    const [, name, value = ''] =
      /^(?:[ \t]{0,20}<\?php)?[ \t/*#@]{0,100}([A-Za-z][A-Za-z ]{0,40}):(.{0,1000})/.exec(line) ?? []
    const key = name?.toLowerCase()
    if (key !== undefined && !fields.has(key)) fields.set(key, value.replace(/\s{0,100}(?:\*\/|\?>).*/, '').trim())
  }
  return fields
}
