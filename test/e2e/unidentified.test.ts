import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/components.ts'
import { legacyPieces, type Piece, sampleImage, tarOf } from '../helpers/image-archive.ts'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'

const unidentified = { path: '/app', reason: 'an executable that could not be identified' }

describeWith(['gcc'], 'a scratch image with one program', () => {
  it('does not say clean when nobody knows the program', async () => {
    using folder = temporaryDirectory()
    const image = await imageOf(folder.path, [{ name: 'app', content: compiled(folder.path, '"hello"') }])
    const { packages, unknowns } = await scanToJson([image])
    expect(packages).toEqual([])
    expect(unknowns).toContainEqual(unidentified)
    const { stdout } = await seawall(['scan', image])
    expect(stdout).toContain('/app: an executable that could not be identified')
  })

  it('says the same of a file system', async () => {
    using folder = temporaryDirectory()
    writeFileSync(join(folder.path, 'app'), compiled(folder.path, '"hello"'))
    const { unknowns } = await scanToJson([`dir:${folder.path}`])
    expect(unknowns).toContainEqual(unidentified)
  })

  it('says what it is when its content tells', async () => {
    using folder = temporaryDirectory()
    const program = compiled(folder.path, String.raw`"\0nginx version: nginx/1.27.3\n"`)
    const { packages, unknowns } = await scanToJson([
      await imageOf(folder.path, [{ name: 'sbin/nginx', content: program }]),
    ])
    expect(packages).toMatchObject([
      {
        purl: 'pkg:generic/nginx@1.27.3',
        cpes: ['cpe:2.3:a:f5:nginx:1.27.3:*:*:*:*:*:*:*'],
        locations: ['/sbin/nginx'],
      },
    ])
    expect(unknowns.filter(({ reason }) => reason.includes('identified'))).toEqual([])
  })
})

describeWith(['go'], 'a scratch image with a Go program', () => {
  it('says what the program is by the flags that it was linked with, once', async () => {
    using folder = temporaryDirectory()
    const module = 'github.com/traefik/traefik/v3'
    writeFileSync(join(folder.path, 'go.mod'), `module ${module}\n\ngo 1.18\n`)
    writeFileSync(
      join(folder.path, 'main.go'),
      'package main\n\nvar version string\n\nfunc main() { println(version) }\n',
    )
    const flags = `-ldflags=-s -w -X ${module}/pkg/version.Version=3.1.2 -X main.version=3.1.2`
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOPROXY: 'off', GOTOOLCHAIN: 'local', GOWORK: 'off' }
    execFileSync('go', ['build', flags, '-o', 'traefik', '.'], { cwd: folder.path, env, stdio: 'pipe' })
    const content = readFileSync(join(folder.path, 'traefik'))
    const { packages, unknowns } = await scanToJson([await imageOf(folder.path, [{ name: 'traefik', content }])])
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      `${module} v3.1.2`,
      expect.stringMatching(/^stdlib \d/),
    ])
    expect(unknowns.filter(({ reason }) => reason.includes('identified'))).toEqual([])
  })
})

/** A static program that holds the text. */
function compiled(folder: string, text: string): Buffer {
  const source = join(folder, 'app.c')
  const output = join(folder, 'compiled')
  writeFileSync(
    source,
    `#include <stdio.h>\nint main(int n, char **a) { return fwrite(${text}, 20, n > 1, stdout) == 9; }\n`,
  )
  execFileSync('gcc', ['-O2', '-static', '-s', '-o', output, source])
  return readFileSync(output)
}

async function imageOf(folder: string, files: readonly Piece[]): Promise<string> {
  const file = join(folder, 'image.tar')
  writeFileSync(file, await tarOf(legacyPieces(await sampleImage([files]))))
  return file
}
