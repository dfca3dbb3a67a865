import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalReport } from './fixtures/canonical.ts'
import { reports } from './registry.generated.ts'

const options = { columns: 100, color: false, now: new Date('2026-11-22T00:00:00Z') }

describe.each(Object.entries(reports))('report %s', async (id, load) => {
  const report = (await load()).default

  it('is called as its file', () => {
    expect(report.id).toBe(id)
  })

  it('prints the canonical report', async () => {
    const text = [...report.render(canonicalReport, options)].join('')
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'fixtures', `${id}.golden.txt`))
  })

  it('lets no control character of the input through', () => {
    const text = [...report.render(canonicalReport, options)].join('')
    expect(text).not.toContain('\u001b')
  })

  it('ends with a newline and does not change when run again', () => {
    const [once, twice] = [1, 2].map(() => [...report.render(canonicalReport, options)].join(''))
    expect(once?.endsWith('\n')).toBe(true)
    expect(twice).toBe(once)
  })
})

describe('the table', () => {
  it('fits into a narrow terminal', async () => {
    const table = (await reports['table']?.())?.default
    const lines = [...(table?.render(canonicalReport, { ...options, columns: 72 }) ?? [])].join('').split('\n')
    const rows = lines.filter((line) => line.startsWith('  ') && !line.includes(': '))
    expect(rows.length).toBeGreaterThan(3)
    expect(
      Math.max(...rows.filter((line) => !line.includes('had no fixes')).map((line) => line.length)),
    ).toBeLessThanOrEqual(72)
  })

  it('uses colour only when asked', async () => {
    const table = (await reports['table']?.())?.default
    const text = [...(table?.render(canonicalReport, { ...options, color: true }) ?? [])].join('')
    expect(text).toContain('\u001b[')
  })
})
