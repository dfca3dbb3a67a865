import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A program whose dependencies show everything a module list can hold. It needs no network: all is vendored. */
const program: Readonly<Record<string, string>> = {
  'go.mod': `module example.org/shop/edge

go 1.18

require (
	example.org/Upper/jwt v3.2.0+incompatible
	example.org/lib/local v1.0.0
	example.org/lib/pseudo v0.0.0-20230415120000-0123456789ab
	example.org/lib/text v0.7.0
	example.org/lib/yaml/v2 v2.4.0
)

replace (
	example.org/lib/local v1.0.0 => ./local
	example.org/lib/yaml/v2 v2.4.0 => example.org/fork/yaml/v2 v2.4.1
)
`,
  'main.go': `package main

import (
	"example.org/Upper/jwt"
	"example.org/lib/local"
	"example.org/lib/pseudo"
	"example.org/lib/text"
	"example.org/lib/yaml/v2"
)

func main() { println(jwt.Name, local.Name, pseudo.Name, text.Name, yaml.Name) }
`,
  'vendor/modules.txt': `# example.org/Upper/jwt v3.2.0+incompatible
## explicit
example.org/Upper/jwt
# example.org/lib/local v1.0.0 => ./local
## explicit; go 1.18
example.org/lib/local
# example.org/lib/pseudo v0.0.0-20230415120000-0123456789ab
## explicit
example.org/lib/pseudo
# example.org/lib/text v0.7.0
## explicit; go 1.18
example.org/lib/text
# example.org/lib/yaml/v2 v2.4.0 => example.org/fork/yaml/v2 v2.4.1
## explicit; go 1.18
example.org/lib/yaml/v2
`,
  ...Object.fromEntries(
    ['Upper/jwt', 'lib/local', 'lib/pseudo', 'lib/text', 'lib/yaml/v2'].map((path) => {
      const name = path.replace('/v2', '').replace(/^.*\//, '')
      return [`vendor/example.org/${path}/${name}.go`, `package ${name}\n\nvar Name = ${JSON.stringify(path)}\n`]
    }),
  ),
}

export function writeGoProgram(folder: string): void {
  for (const [path, text] of Object.entries(program)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Builds what `writeGoProgram` wrote for `linux/arm64` and the like; returns the path of the executable. */
export function buildGoProgram(folder: string, platform: string, flags: readonly string[] = []): string {
  const [os = '', architecture = ''] = platform.split('/')
  const output = join(folder, ['edge', os, architecture, ...flags].join('_').replaceAll(/[^\w]/g, '-'))
  const env = {
    ...process.env,
    GOOS: os,
    GOARCH: architecture,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=vendor',
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  }
  const args = ['build', '-trimpath', '-ldflags=-s -w', ...flags, '-o', output, '.']
  execFileSync('go', args, { cwd: folder, env, stdio: 'pipe' })
  return output
}
