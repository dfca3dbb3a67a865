import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger } from '../cataloger.ts'
import { optionalText } from '../members.ts'
import { withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { usedAction, versionComments } from './action-uses.ts'

const Step = z.object({ uses: optionalText })
const Runs = z.object({ steps: z.array(z.unknown()).catch([]) })
const Action = z.object({ runs: Runs.optional().catch(undefined) })

/** Only composite actions use others. */
export default defineCataloger({
  id: 'github-action',
  version: 1,
  ecosystem: 'github-actions',
  proves: 'declared',
  title: 'Composite GitHub action (action.yml)',
  spec: 'https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax',
  files: ['**/action.yml', '**/action.yaml'],
  finds: ['packages'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const text = await file.text()
    const steps = parseYaml(Action, text, location).runs?.steps ?? []
    const used = new Set(steps.flatMap((step) => Step.safeParse(step).data?.uses ?? []))
    const comments = versionComments(text)
    return withCounts(
      [...used].map((uses) => usedAction(uses, comments, location)),
      location,
    )
  },
})
