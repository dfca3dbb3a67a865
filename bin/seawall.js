#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `seawall: Node ${process.versions.node} is too old; Node 24.15 or newer is needed.\n` +
      'In a checkout, `npm ci` brings one with it: run `npx seawall` instead.\n',
  )
  process.exitCode = 2
} else {
  module.enableCompileCache?.()
  const source = new URL('../src/cli/main.ts', import.meta.url)
  await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href)
}
