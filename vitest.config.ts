import { defineConfig } from 'vitest/config'

const whole = { isolate: true, pool: 'forks', testTimeout: 300_000, hookTimeout: 300_000 } as const

export default defineConfig({
  test: {
    reporters: ['default', './test/helpers/count-reporter.ts'],
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
          isolate: false,
          pool: 'threads',
          setupFiles: ['test/helpers/no-network.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/{e2e,conformance,differential}/**/*.test.ts'],
          ...whole,
        },
      },
      {
        test: {
          name: 'performance',
          include: ['test/performance/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...whole,
        },
      },
    ],
  },
})
