import { lstatSync } from 'node:fs'
import { join } from 'node:path'

/** What says by itself that a directory is the root of a system: its release, or the database of its packages. */
const marks = [
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/debian_version',
  'etc/redhat-release',
  'etc/lsb-release',
  'var/lib/dpkg',
  'lib/apk/db',
  'usr/lib/apk/db',
  'var/lib/rpm',
  'usr/lib/sysimage/rpm',
  'usr/share/rpm',
  'var/lib/pacman',
  'var/lib/opkg',
  'usr/lib/opkg',
  'var/db/pkg',
  'var/lib/snapd',
  'nix/store',
]

/** Every system has the first two, and one of the others. */
const essential = ['etc', 'usr']
const further = ['bin', 'sbin', 'lib', 'var', 'root', 'proc', 'dev']

/** Whether a directory is the root file system of something. Links inside it are not followed. */
export function isRootfs(directory: string): boolean {
  if (marks.some((mark) => isThere(directory, mark))) return true
  return essential.every((name) => isFolder(directory, name)) && further.some((name) => isThere(directory, name))
}

/** What is above the last name must be folders, for a link may lead to the system that this runs on. */
function isThere(directory: string, path: string): boolean {
  const folders = path.split('/')
  const name = folders.pop() ?? ''
  const isInFolders = folders.every((_, index) => isFolder(directory, ...folders.slice(0, index + 1)))
  return isInFolders && lstatSync(join(directory, ...folders, name), { throwIfNoEntry: false }) !== undefined
}

function isFolder(...path: string[]): boolean {
  return lstatSync(join(...path), { throwIfNoEntry: false })?.isDirectory() === true
}
