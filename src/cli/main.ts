import { programVersion } from './version.ts'

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.on('error', () => process.exit(2)).write(`${programVersion}\n`)
} else {
  const { runOnProcess } = await import('./host.ts')
  await runOnProcess(args)
}
