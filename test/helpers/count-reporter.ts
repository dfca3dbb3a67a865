import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the one line that any tool can read, and makes a skip a failure where nothing may be missing. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    const skipped: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1
        if (test.result().state === 'skipped') skipped.push(test.fullName)
      }
    }
    for (const name of skipped) process.stdout.write(`skipped: ${name}\n`)
    if (process.env['SEAWALL_TEST_REQUIRE'] === 'all' && skipped.length > 0) {
      process.stdout.write('SEAWALL_TEST_REQUIRE=all: a skipped test is a failure\n')
      process.exitCode = 1
    }
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
