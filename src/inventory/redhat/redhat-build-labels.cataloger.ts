import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { baseOf } from '#kit/path.ts'
import { defineCataloger } from '../cataloger.ts'
import { isWord } from '../system-package.ts'

/** Each image in the chain leaves its Dockerfile, newer ones the labels alone; they say which build of what image it is. */
export default defineCataloger({
  id: 'redhat-build-labels',
  version: 1,
  ecosystem: 'rpm',
  proves: 'installed',
  title: 'labels of Red Hat images',
  spec: 'https://github.com/projectatomic/ContainerApplicationGenericLabels',
  files: ['root/buildinfo/Dockerfile-*', 'root/buildinfo/labels.json', 'usr/share/buildinfo/labels.json'],
  finds: [],

  async catalog(file) {
    const path = `/${file.path}`
    const text = await file.text()
    const build = buildOf(path.endsWith('.json') ? labelsOfJson(text, path) : labelsOfDockerfile(text, path))
    if (build === undefined)
      return [{ unknown: { path, reason: 'it does not tell which build of what image it is of' } }]
    return [{ origin: { builds: [build] } }]
  },
})

type Labels = ReadonlyMap<string, string>

const names = ['com.redhat.component', 'version', 'release', 'architecture']

function buildOf(labels: Labels): string | undefined {
  const [component = '', version = '', release = '', architecture = ''] = names.map((name) => labels.get(name))
  if (![component, version, release].every(isWord)) return undefined
  return `${component}-${version}-${release}${isWord(architecture) ? `.${architecture}` : ''}`
}

const LabelFile = z.record(z.string(), z.unknown())

function labelsOfJson(text: string, at: string): Labels {
  const labels = Object.entries(parseJson(LabelFile, text, at))
  return new Map(labels.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))
}

/** A Dockerfile of more lines is none. */
const linesLimit = 20_000
const lineLimit = 20_000

/** What the labels do not tell the name of the file does: `Dockerfile-ubi9-9.3-1552`. */
function labelsOfDockerfile(text: string, path: string): Labels {
  const labels = new Map<string, string>()
  const [, version, release] = /^Dockerfile-.{1,200}-([^-]{1,100})-([^-]{1,100})$/.exec(baseOf(path)) ?? []
  if (version !== undefined && release !== undefined) labels.set('version', version).set('release', release)
  let isLabel = false
  for (const line of text.split('\n', linesLimit)) {
    const content = line.slice(0, lineLimit).trim()
    if (!isLabel && !/^label\s/i.test(content)) continue
    for (const [, name = '', quoted, plain = ''] of content.matchAll(pair)) {
      const value = quoted ?? plain
      if (names.includes(name) && !value.includes('$')) labels.set(name, value)
    }
    isLabel = content.endsWith('\\')
  }
  return labels
}

const pair = /(?<![\w.-])"?([\w.-]{1,100})"?=(?:"([^"]{0,1000})"|([^\s"\\]{1,1000}))/g
