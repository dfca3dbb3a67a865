import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { Members, optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { repositoryUrl } from '../repository-url.ts'

const Lock = z.object({
  PODS: z.array(z.unknown()).nullish(),
  'EXTERNAL SOURCES': Members.nullish(),
  'CHECKOUT OPTIONS': Members.nullish(),
})
const Folder = z.object({ ':path': z.string() })
const Checkout = z.object({ ':git': z.string(), ':commit': optionalText })

/** Subspecs are parts of a pod: one package whatever its parts. Pods from a folder are the user's own code. */
export default defineCataloger({
  id: 'podfile-lock',
  version: 1,
  ecosystem: 'cocoapods',
  proves: 'locked',
  title: 'CocoaPods lock file (Podfile.lock)',
  spec: 'https://guides.cocoapods.org/using/using-cocoapods.html',
  files: ['**/Podfile.lock'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    if (isPackaging(file.path) || /(?:^|\/)Pods\//.test(file.path)) return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(parseYaml(Lock, await file.text(), location), location), location)
  },
})

interface Pod {
  readonly name: string
  readonly version: string
  readonly dependencies: Set<string>
}

function* outcomesOf({ PODS: values, ...rest }: z.infer<typeof Lock>, location: string): Generator<Outcome> {
  const externals = rest['EXTERNAL SOURCES'] ?? {}
  const checkouts = rest['CHECKOUT OPTIONS'] ?? {}
  const pods = new Map<string, Pod>()
  for (const value of values ?? []) {
    if (!addPod(pods, value)) yield 'unreadable'
  }
  for (const pod of pods.values()) {
    yield Folder.safeParse(externals[pod.name]).success ? 'left-out' : packageOf(pod, checkouts[pod.name], location)
  }
}

/** `Name/Subspec (1.0)`, as a key where it needs others. False when it is neither. */
function addPod(pods: Map<string, Pod>, value: unknown): boolean {
  const [[text, needed] = ['', []]] = typeof value === 'string' ? [[value, []] as const] : membersOf(value)
  const [, name, version] = /^([^\s/()]{1,200})(?:\/[^()]{1,400})? \(([^\s()=<>~]{1,200})\)$/.exec(text) ?? []
  if (name === undefined || version === undefined) return false
  const pod = pods.get(`${name} ${version}`) ?? { name, version, dependencies: new Set() }
  pods.set(`${name} ${version}`, pod)
  for (const dependency of needed) {
    const [root = ''] = typeof dependency === 'string' ? dependency.split(/[\s/]/, 1) : []
    if (root !== '' && root !== name) pod.dependencies.add(root)
  }
  return true
}

function membersOf(value: unknown): (readonly [text: string, needed: readonly unknown[]])[] {
  const members = Members.safeParse(value).data ?? {}
  return Object.entries(members).map(([text, needed]) => [text, Array.isArray(needed) ? needed : []] as const)
}

function packageOf({ name, version, dependencies }: Pod, checkout: unknown, location: string): Outcome {
  return (
    listedPackage(
      {
        ecosystem: 'cocoapods',
        name,
        version,
        dependencies: [...dependencies],
        purl: { qualifiers: { vcs_url: vcsUrl(checkout) } },
      },
      location,
    ) ?? 'unreadable'
  )
}

function vcsUrl(value: unknown): string | undefined {
  const checkout = Checkout.safeParse(value).data
  if (checkout === undefined) return undefined
  const { ':git': address, ':commit': commit } = checkout
  return `git+${repositoryUrl(address)}${commit === undefined ? '' : `@${commit}`}`
}
