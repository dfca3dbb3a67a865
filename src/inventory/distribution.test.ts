import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectDistribution, distroQualifier } from './distribution.ts'

type Files = Readonly<Record<string, string>>

function detect(files: Files) {
  return detectDistribution((path) => files[path])
}

function osRelease(text: string) {
  return detect({ 'etc/os-release': text })
}

describe('the distribution', () => {
  it('is what os-release says', () => {
    const text = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://example.org/"
`
    expect(osRelease(text)).toEqual({
      id: 'debian',
      versionId: '12',
      codename: 'bookworm',
      idLike: [],
      name: 'Debian GNU/Linux 12 (bookworm)',
    })
  })

  it('is the system’s own before the vendor’s, unless that says nothing', () => {
    const vendor = 'ID=debian\nVERSION_ID=12'
    expect(detect({ 'etc/os-release': 'ID=wolfi', 'usr/lib/os-release': vendor })?.id).toBe('wolfi')
    expect(detect({ 'etc/os-release': '\n# empty\n', 'usr/lib/os-release': vendor })?.id).toBe('debian')
  })

  it.each([
    ['double quotes', 'ID="rhel"', 'rhel'],
    ['single quotes', "ID='rhel'", 'rhel'],
    ['escapes', 'ID="r\\hel"', 'rhel'],
    ['upper case', 'ID=RHEL', 'rhel'],
    ['line ends of another system', 'NAME=x\r\nID=rhel\r\n', 'rhel'],
    ['a byte order mark', '\uFEFFID=rhel', 'rhel'],
    ['a comment line', '#ID=debian\nID=rhel', 'rhel'],
    ['a comment behind', 'ID=rhel # not debian', 'rhel'],
    ['the last of two', 'ID=debian\nID=rhel', 'rhel'],
    ['an open quote', 'ID="rhel', 'rhel'],
    ['lines that are none', 'what?\n=\n==\nID=rhel\n\0', 'rhel'],
    ['control characters', 'ID="rh\u001B[31mel"', 'rh31mel'],
    ['no ID', 'NAME=Something', 'linux'],
  ])('reads an ID with %s', (_, text, id) => {
    expect(osRelease(text)?.id).toBe(id)
  })

  it('keeps in names what a shell would, and nothing that steers a terminal', () => {
    expect(osRelease('ID=x\nPRETTY_NAME="a \\"b\\" \\$c \\\\ \u001B]0;d\u0007"')?.name).toBe('a "b" $c \\ ]0;d')
    expect(osRelease("ID=x\nPRETTY_NAME='a \\ b'")?.name).toBe('a \\ b')
    expect(osRelease('ID=x\nNAME=Foo\nVERSION_ID=3')?.name).toBe('Foo 3')
    expect(osRelease('ID=x')?.name).toBe('x')
  })

  it('reads what it is like', () => {
    expect(osRelease('ID=rocky\nID_LIKE="rhel  CentOS fedora"')?.idLike).toEqual(['rhel', 'centos', 'fedora'])
  })

  it.each<[string, Files, string | undefined, string | undefined]>([
    ['testing', { 'etc/os-release': 'ID=debian\nVERSION_CODENAME=trixie' }, undefined, 'trixie'],
    ['testing, slim', { 'etc/os-release': 'ID=debian', 'etc/debian_version': 'trixie/sid\n' }, undefined, 'trixie'],
    [
      'a release without its number',
      { 'etc/os-release': 'ID=debian', 'etc/debian_version': '12.5\n' },
      '12',
      undefined,
    ],
    ['an old release', { 'etc/os-release': 'ID=debian\nVERSION_ID="8"\nVERSION="8 (jessie)"' }, '8', 'jessie'],
    ['no os-release', { 'etc/debian_version': '7.11\n' }, '7', undefined],
    ['no os-release, unstable', { 'etc/debian_version': 'sid/sid' }, undefined, 'sid'],
  ])('knows Debian: %s', (_, files, versionId, codename) => {
    expect(detect(files)).toMatchObject({ id: 'debian', versionId, codename })
  })

  it.each<[string, Files, string]>([
    ['a release', { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.19.1' }, '3.19.1'],
    ['edge', { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.0_alpha20231219' }, 'edge'],
    ['no VERSION_ID', { 'etc/os-release': 'ID=alpine', 'etc/alpine-release': '3.2.0\n' }, '3.2.0'],
    ['no os-release', { 'etc/alpine-release': '3.2.0\n' }, '3.2.0'],
    ['no os-release, edge', { 'etc/alpine-release': '3.22_alpha20250108\n' }, 'edge'],
  ])('knows Alpine: %s', (_, files, versionId) => {
    expect(detect(files)).toMatchObject({ id: 'alpine', versionId })
  })

  it.each([
    ['CentOS release 6.10 (Final)', 'centos', '6', 'Final'],
    ['CentOS Linux release 7.9.2009 (Core)', 'centos', '7', 'Core'],
    ['CentOS Stream release 9', 'centos', '9', undefined],
    ['Red Hat Enterprise Linux Server release 6.10 (Santiago)', 'rhel', '6.10', 'Santiago'],
    ['AlmaLinux release 9.3 (Shamrock Pampas Gerbil)', 'almalinux', '9.3', 'Shamrock Pampas Gerbil'],
    ['Fedora release 39 (Thirty Nine)', 'fedora', '39', 'Thirty Nine'],
  ])('knows “%s”', (text, id, versionId, codename) => {
    expect(detect({ 'etc/redhat-release': `${text}\n` })).toMatchObject({ id, versionId, codename, name: text })
  })

  it('knows an Ubuntu older than os-release, and does not take it for the Debian it was made from', () => {
    const files = {
      'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid',
      'etc/debian_version': 'squeeze/sid',
    }
    expect(detect(files)).toEqual({
      id: 'ubuntu',
      versionId: '10.04',
      codename: 'lucid',
      idLike: [],
      name: 'ubuntu 10.04',
    })
  })

  it('is unknown where nothing tells', () => {
    expect(detect({})).toBeUndefined()
    expect(
      detect({ 'etc/debian_version': 'kali-rolling', 'etc/redhat-release': 'Some other release 5' }),
    ).toBeUndefined()
  })

  it('survives any text', () => {
    const piece = fc.constantFrom('ID=', 'VERSION_ID=', '"', "'", '\\', '\n', '\r', '#', ' ', 'a', '\0', '💥')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const found = osRelease(pieces.join(''))
        expect(found?.id ?? 'linux').toMatch(/^[a-z0-9._-]{1,64}$/)
      }),
    )
  })
})

describe('the distro qualifier', () => {
  it.each([
    [{ id: 'debian', versionId: '12', codename: 'bookworm' }, 'debian-12'],
    [{ id: 'debian', codename: 'trixie' }, 'debian-trixie'],
    [{ id: 'wolfi' }, 'wolfi'],
  ])('of %o is %s', (distribution, qualifier) => {
    expect(distroQualifier({ ...distribution, idLike: [], name: 'x' })).toBe(qualifier)
  })
})
