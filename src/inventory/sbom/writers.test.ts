import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeSbom, sampleFacts } from '../../../test/helpers/sbom.ts'
import { type CycloneDxVersion, cycloneDxVersions } from './cyclonedx/versions.ts'
import { type SbomFormatId, sbomFormatIds } from './format-ids.ts'
import { sbomWriters } from './writers.ts'

const outputs = sbomFormatIds.flatMap((format): [SbomFormatId, CycloneDxVersion][] =>
  format.startsWith('cyclonedx') ? cycloneDxVersions.map((version) => [format, version]) : [[format, '1.6']],
)

describe.each(outputs)('an SBOM as %s, %s', (format, version) => {
  const write = () => sbomWriters[format](makeSbom(), version)

  it('holds everything that was found', async () => {
    const path = join(import.meta.dirname, 'golden', `${format}-${version}.golden.txt`)
    await expect(await write()).toMatchFileSnapshot(path)
  })

  it('is the same to the byte when written again, and another for another image', async () => {
    const text = await write()
    expect(await write()).toBe(text)
    const other = makeSbom({ subject: { ...sampleFacts.subject, digest: `sha256:${'0'.repeat(64)}` } })
    expect(await sbomWriters[format](other, version)).not.toBe(text)
  })

  it('lets no control character through, and ends with a newline', async () => {
    const text = await write()
    expect(text).not.toContain('\u001b')
    expect(text.endsWith('\n')).toBe(true)
  })

  it('can be written of nothing', async () => {
    const empty = makeSbom({ packages: [], unknowns: [], distribution: undefined })
    expect(await sbomWriters[format](empty, version)).not.toContain('incomplete')
  })
})
