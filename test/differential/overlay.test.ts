import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { readLayer } from '#image/layer.ts'
import { imageLimits } from '#image/limits.ts'
import { canMountOverlays, hasProgram } from '../helpers/components.ts'
import { type Member, tarOf } from '../helpers/tar-writer.ts'

const programs = ['tar', 'find', 'mknod', 'setfattr', 'unshare', 'mount']
const folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-overlay-'))
afterAll(() => folder.remove())

const component = fc.constantFrom('a', 'b', 'c', 'd')
const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const name = fc.tuple(fc.constantFrom('', '', '', './', '/', './/'), path).map(([prefix, clean]) => `${prefix}${clean}`)
/** One spelling only: GNU tar loses the mode of a directory that is spelled differently by two members. */
const plainName = fc.tuple(fc.constantFrom('', '/'), path).map(([prefix, clean]) => `${prefix}${clean}`)
const target = fc.oneof(
  path,
  path.map((clean) => `/${clean}`),
  fc.constantFrom('..', '../a', '../b/c', '../../../d', '.', 'a/', 'a/../b', 'missing', '/'),
)
const mode = fc.constantFrom(0o644, 0o755, 0o700, 0o4755, 0o1777)
const owner = fc.constantFrom(0, 1000)
const content = fc.nat(999_999).map((value) => `content ${value}`)

const member: fc.Arbitrary<Member> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ name, mode, content, uid: owner, gid: owner }) },
  {
    weight: 5,
    arbitrary: fc.record({ name: plainName.map((text) => `${text}/`), type: fc.constant('5'), mode, uid: owner }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ name: plainName, type: fc.constant('2'), linkName: target, mode: fc.constant(0o777) }),
  },
  { weight: 2, arbitrary: fc.record({ name, type: fc.constant('1'), linkName: name }) },
  { weight: 1, arbitrary: fc.record({ name, type: fc.constantFrom('6', '3'), device: fc.constant([1, 3] as const) }) },
  { weight: 1, arbitrary: fc.record({ name, type: fc.constant('3'), device: fc.constant([0, 0] as const) }) },
  { weight: 3, arbitrary: name.map((text) => ({ name: text.replace(/[^/]*$/, '.wh.$&') })) },
  { weight: 2, arbitrary: name.map((text) => ({ name: `${text}/.wh..wh..opq` })) },
  { weight: 1, arbitrary: fc.constantFrom({ name: '.wh..wh..opq' }, { name: './.wh..wh..opq' }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom('./', '.'), type: fc.constant('5'), mode }) },
)
const layerMembers = fc
  .array(member, { minLength: 1, maxLength: 7 })
  .map((members) => members.map((each, index) => (each.type === '1' ? linkedTo(each, members[index >> 1]) : each)))
  .filter((members) => !confusesTar(members))
const image = fc.array(layerMembers, { minLength: 1, maxLength: 4 })

/** To a name that is there more often than not; a whiteout is no file that could be linked to. */
function linkedTo(link: Member, other: Member | undefined): Member {
  return other === undefined || other.name.includes('.wh.') ? link : { ...link, linkName: other.name }
}

/**
 * GNU tar puts symlinks that may lead outside in place at the end, by inode number; when a later member has taken the
 * name, the kernel decides whether the number was used again and so which of them is seen.
 */
function confusesTar(members: readonly Member[]): boolean {
  const names = members.map((each) => each.name.toString().replace(/\/$/, '').replace(/^.*\//, ''))
  return members.some(({ type, linkName = '' }, index) => {
    const isLate = type === '2' && /^\/|\.\./.test(linkName.toString())
    return isLate && names.indexOf(names[index] ?? '', index + 1) > index
  })
}

/**
 * Unpacks every layer with tar into a directory of its own, turns whiteouts into those of overlayfs, mounts all layers
 * of a case, and writes down what can be seen. Layers that tar does not unpack without an error are left out.
 */
const script = String.raw`
set -u
umask 022
cd "$1"
mkdir empty void mount
for case in case-*; do
  lower=$PWD/empty:$PWD/void
  for archive in "$case"/*.tar; do
    layer=$PWD/\${archive%.tar}
    mkdir "$layer"
    tar --warning=none -xpf "$archive" -C "$layer" 2>/dev/null || { touch "$layer.refused"; continue; }
    find "$layer" -mindepth 1 -depth -name '.wh.*' -print0 > marks
    while IFS= read -r -d '' mark; do
      directory=\${mark%/*}
      base=\${mark##*/}
      rm -f "$mark"
      if [ "$base" = .wh..wh..opq ]; then
        setfattr -n trusted.overlay.opaque -v y "$directory"
      elif [ -d "$directory/\${base#.wh.}" ] && [ ! -L "$directory/\${base#.wh.}" ]; then
        setfattr -n trusted.overlay.opaque -v y "$directory/\${base#.wh.}"
      elif [ ! -e "$directory/\${base#.wh.}" ] && [ ! -L "$directory/\${base#.wh.}" ]; then
        mknod "$directory/\${base#.wh.}" c 0 0
      fi
    done < marks
    lower=$layer:$lower
  done
  mount -t overlay overlay -o "ro,lowerdir=$lower" mount || exit 1
  find mount -mindepth 1 -printf '%P\0%y\0%m\0%U\0%G\0%l\0%i\0' \( -type f -exec cat {} \; -o -true \) -printf '\0' 2>/dev/null > "$case/listing"
  umount mount || exit 1
done
`.replaceAll('\\$', '$')

interface Seen {
  readonly path: string
  readonly type: string
  readonly mode: string
  readonly owner: string
  readonly linkTarget: string
  readonly content: string
  /** First name of the same inode. */
  readonly sameAs: string
}

describe.skipIf(!programs.every(hasProgram) || !canMountOverlays())(
  `layers laid over each other (needs root, overlayfs, ${programs.join(', ')})`,
  () => {
    const images = fc.sample(image, { seed: 20_260_701, numRuns: 700 })
    const cases = images.map((layers) => layers.map(tarOf))

    it('look as the kernel shows them, in at least 500 random images that tar unpacks', async () => {
      unpackAndMount(cases)
      let compared = 0
      for (const [index, layers] of cases.entries()) {
        const unpacked = layers.filter((_, layer) => !existsSync(fileOf(index, `${layer}.refused`)))
        if (unpacked.length === 0) continue
        compared += 1
        expect(await ours(unpacked), JSON.stringify(images[index])).toEqual(listingOf(index))
      }
      expect(compared).toBeGreaterThanOrEqual(500)
    })
  },
)

function unpackAndMount(cases: readonly (readonly Buffer[])[]): void {
  for (const [index, layers] of cases.entries()) {
    const directory = join(folder.path, `case-${index}`)
    mkdirSync(directory)
    for (const [layer, archive] of layers.entries()) writeFileSync(join(directory, `${layer}.tar`), archive)
  }
  execFileSync('unshare', ['-m', 'bash', '-c', script, 'bash', folder.path], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function fileOf(index: number, file: string): string {
  return join(folder.path, `case-${index}`, file)
}

function listingOf(index: number): Seen[] {
  const fields = readFileSync(fileOf(index, 'listing'), 'latin1').split('\0').slice(0, -1)
  const rows = Array.from({ length: fields.length / 8 }, (_, row) => fields.slice(row * 8, row * 8 + 8))
  return grouped(
    rows.map(([found = '', type = '', bits = '', uid = '', gid = '', linkTarget = '', inode = '', text = '']) => ({
      seen: { path: found, type, mode: bits, owner: `${uid}:${gid}`, linkTarget, content: text },
      inode,
    })),
  )
}

const letters = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
} as const

async function ours(archives: readonly Buffer[]): Promise<Seen[]> {
  const selector = { wants: () => true, probe: () => undefined }
  const signal = AbortSignal.timeout(60_000)
  const layers = []
  for (const archive of archives) {
    layers.push(await readLayer([archive], { selector, limits: imageLimits, signal, name: 'layer' }))
  }
  return grouped(
    [...overlay(layers).walk()].map((node) => ({
      seen: {
        path: node.path,
        type: letters[node.type],
        mode: node.mode.toString(8),
        owner: `${node.uid}:${node.gid}`,
        linkTarget: node.linkTarget ?? '',
        content: node.content?.toString('latin1') ?? '',
      },
      inode: `${node.inode}`,
    })),
  )
}

function grouped(rows: readonly { readonly seen: Omit<Seen, 'sameAs'>; readonly inode: string }[]): Seen[] {
  const first = new Map<string, string>()
  const sorted = rows.toSorted((one, other) => (one.seen.path < other.seen.path ? -1 : 1))
  return sorted.map(({ seen, inode }) => {
    if (!first.has(inode)) first.set(inode, seen.path)
    return { ...seen, sameAs: first.get(inode) ?? '' }
  })
}
