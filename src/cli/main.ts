import { runOnProcess } from './host.ts'

await runOnProcess(process.argv.slice(2))
