import { expect, it } from 'vitest'
import { subjectKinds } from '#model/image.ts'
import { scanLayers } from '../../test/helpers/scan-layers.ts'
import { catalogersFor } from './evidence.ts'

const sources = ['directory'] as const
const built = subjectKinds.filter((kind) => kind !== 'sbom' && !sources.some((one) => one === kind))

it.each(built)('%s: a manifest proves nothing of what was built from it', async (kind) => {
  const proofs = new Set((await catalogersFor(kind)).map(({ proves }) => proves))
  expect([...proofs].toSorted()).toEqual(['installed', 'locked'])
})

it.each(sources)('%s: a manifest is what there is to know', async (kind) => {
  const proofs = new Set((await catalogersFor(kind)).map(({ proves }) => proves))
  expect([...proofs].toSorted()).toEqual(['declared', 'installed', 'locked'])
})

it('an image: what a manifest asks for is no package', async () => {
  const { packages } = await scanLayers([
    [
      { name: 'srv/requirements.txt', content: 'flask==2.0.1\n' },
      { name: 'srv/go.mod', content: 'module example.com/app\n\ngo 1.22\n\nrequire golang.org/x/net v0.1.0\n' },
    ],
  ])
  expect(packages).toEqual([])
})
