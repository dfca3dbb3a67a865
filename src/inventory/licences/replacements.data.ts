/**
 * Deprecated identifiers of the SPDX licence list and what the list says to write instead. Those for which it names
 * nothing that means the same (`Net-SNMP`, `Nunit`, `BSD-2-Clause-FreeBSD`) stay.
 */
export const replacements: ReadonlyMap<string, string> = new Map([
  ...['AGPL-1.0', 'AGPL-3.0', 'GFDL-1.1', 'GFDL-1.2', 'GFDL-1.3', 'GPL-1.0', 'GPL-2.0', 'GPL-3.0'].flatMap(gnuFamily),
  ...['LGPL-2.0', 'LGPL-2.1', 'LGPL-3.0'].flatMap(gnuFamily),
  ['GPL-2.0-with-GCC-exception', 'GPL-2.0-only WITH GCC-exception-2.0'],
  ['GPL-2.0-with-autoconf-exception', 'GPL-2.0-only WITH Autoconf-exception-2.0'],
  ['GPL-2.0-with-bison-exception', 'GPL-2.0-only WITH Bison-exception-2.2'],
  ['GPL-2.0-with-classpath-exception', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ['GPL-2.0-with-font-exception', 'GPL-2.0-only WITH Font-exception-2.0'],
  ['GPL-3.0-with-GCC-exception', 'GPL-3.0-only WITH GCC-exception-3.1'],
  ['GPL-3.0-with-autoconf-exception', 'GPL-3.0-only WITH Autoconf-exception-3.0'],
  ['BSD-2-Clause-NetBSD', 'BSD-2-Clause'],
  ['StandardML-NJ', 'SMLNJ'],
  ['bzip2-1.0.5', 'bzip2-1.0.6'],
  ['eCos-2.0', 'GPL-2.0-or-later WITH eCos-exception-2.0'],
  ['wxWindows', 'LGPL-2.0-or-later WITH WxWindows-exception-3.1'],
])

function gnuFamily(id: string): [string, string][] {
  return [
    [id, `${id}-only`],
    [`${id}+`, `${id}-or-later`],
    [`${id}-only+`, `${id}-or-later`],
  ]
}
