/**
 * Writes the fixtures of the go-binary cataloger: `node tools/go-fixtures.ts`, with `go` on the PATH.
 * Real executables are cut down to their first page and their build information, which is all that is read of them.
 */
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { magic, readCandidate } from '../src/inventory/golang/buildinfo.ts'
import { elfWithPointers, inlineBlob } from '../test/helpers/go-blob.ts'
import { buildGoProgram, writeGoProgram } from '../test/helpers/go-program.ts'

const root = join(import.meta.dirname, '../src/inventory/golang/fixtures/go-binary')
const pageBytes = 4096

using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-go-'))
writeGoProgram(folder.path)
const linux = build('linux/amd64')
const windows = build('windows/amd64')
const macos = [build('darwin/amd64'), build('darwin/arm64')]

write('linux/usr/local/bin/edge', linux)
write('linux/opt/big-endian/edge', build('linux/s390x'))
write('linux/opt/32-bit/edge', build('linux/arm'))
write('other-systems/edge.exe', windows)
write('other-systems/edge-macos', macos[1] ?? Buffer.alloc(0))
write('other-systems/edge-universal', universal(macos))
write('before-go-1.18/bin/static', elfWithPointers())
write('before-go-1.18/bin/edge.exe', withPointerBlob(windows))
write('odd/bin/released', program({ toolchain: 'go1.24.1 X:boringcrypto' }))
write('odd/bin/vendor-toolchain', program({ toolchain: 'go1.20.6-google', modules: '' }))
write('odd/bin/unreleased-toolchain', program({ toolchain: 'devel go1.25-9c0f1a2b3c Tue Mar 4 10:00:00 2025 -0800' }))
write(
  'odd/bin/damaged-lines',
  program({ modules: 'mod\texample.org/edge\tv0.0.0-2024\ndep\t\tv1\ndep\ta b\tv1\ndep\tok/x\tv1.0.0\n' }),
)
write(
  'odd/bin/look-alike',
  Buffer.concat([
    linux.subarray(0, 0xf9c),
    Buffer.alloc(100),
    magic,
    Buffer.from('\b\x02 is what a scanner searches for'),
  ]),
)
write('odd/bin/packed', linux.subarray(0, pageBytes))

function build(platform: string): Buffer {
  return cut(readFileSync(buildGoProgram(folder.path, platform)))
}

function cut(file: Buffer): Buffer {
  for (let at = file.indexOf(magic); at !== -1; at = file.indexOf(magic, at + 1)) {
    const candidate = at % 16 === 0 ? readCandidate(file.subarray(at)) : undefined
    if (candidate?.kind === 'inline')
      return padded([file.subarray(0, pageBytes), file.subarray(at, at + candidate.sizeBytes)])
  }
  throw new Error('no build information')
}

/** The file header of a universal binary, and its parts where that says. */
function universal(parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(pageBytes)
  header.writeUInt32BE(0xcafebabe, 0)
  header.writeUInt32BE(parts.length, 4)
  let offset = pageBytes
  for (const [i, part] of parts.entries()) {
    header.writeUInt32LE(part.readUInt32BE(4), 8 + 20 * i)
    header.writeUInt32BE(offset, 16 + 20 * i)
    header.writeUInt32BE(part.length, 20 + 20 * i)
    offset += part.length
  }
  return Buffer.concat([header, ...parts])
}

function withPointerBlob(executable: Buffer): Buffer {
  const pointers = elfWithPointers()
  return Buffer.concat([executable.subarray(0, pageBytes), pointers.subarray(pointers.indexOf(magic))])
}

function program(options: Parameters<typeof inlineBlob>[0]): Buffer {
  return padded([linux.subarray(0, pageBytes), inlineBlob(options)])
}

function padded(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([...parts, Buffer.alloc(pageBytes - (size % pageBytes))])
}

function write(path: string, content: Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
