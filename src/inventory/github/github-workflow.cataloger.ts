import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { usedAction, versionComments } from './action-uses.ts'

const Step = z.object({ uses: optionalText })
const Job = z.object({ uses: optionalText, steps: z.array(z.unknown()).catch([]) })
const Workflow = z.object({ jobs: Members.nullish() })

export default defineCataloger({
  id: 'github-workflow',
  version: 1,
  ecosystem: 'github-actions',
  proves: 'declared',
  title: 'GitHub Actions workflow (.github/workflows/*.yml)',
  spec: 'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax',
  files: ['**/.github/workflows/*.yml', '**/.github/workflows/*.yaml'],
  finds: ['packages'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const text = await file.text()
    const { jobs } = parseYaml(Workflow, text, location)
    return withCounts(outcomesOf(new Set(usesOf(jobs ?? {})), versionComments(text), location), location)
  },
})

function* outcomesOf(
  used: ReadonlySet<string>,
  comments: ReadonlyMap<string, string>,
  location: string,
): Generator<Outcome> {
  for (const uses of used) yield usedAction(uses, comments, location)
}

function* usesOf(jobs: Readonly<Record<string, unknown>>): Generator<string> {
  for (const id of Object.keys(jobs)) {
    const job = Job.safeParse(jobs[id]).data
    const steps = job?.steps.map((step) => Step.safeParse(step).data?.uses) ?? []
    for (const uses of [job?.uses, ...steps]) if (uses !== undefined) yield uses
  }
}
