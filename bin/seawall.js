#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
const args = process.argv.slice(2)
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `seawall: Node ${process.versions.node} is too old; Node 24.15 or newer is needed.\n` +
      'In a checkout, `npm ci` brings one with it: run `npx seawall` instead.\n',
  )
  process.exitCode = 2
} else {
  // An import statement would load everything that these modules load lazily.
  const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    process.stdout.on('error', () => process.exit(2)).write(`${version}\n`)
  } else {
    process.getBuiltinModule('node:module').enableCompileCache()
    const source = new URL('../src/cli/main.ts', import.meta.url)
    await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href)
  }
}
