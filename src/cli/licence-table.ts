import { styleText } from 'node:util'
import { categories } from '#inventory/licences/categories.data.ts'
import type { PackageLicences } from '#inventory/licences/package-licences.ts'
import { counted, printable } from '#kit/text.ts'
import type { Subject } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import { layOut } from '#report/columns.ts'

export interface LicenceListing {
  readonly subject: Pick<Subject, 'name' | 'kind' | 'digest'>
  readonly packages: readonly PackageLicences[]
  readonly unknowns: readonly Unknown[]
}

const namesShown = 200
const unknownsShown = 20

/** For people: a line for each licence, what asks most first, then packages of which nothing is known. */
export function* licenceTable(
  { subject, packages, unknowns }: LicenceListing,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): Generator<string> {
  const pen = (style: 'bold' | 'red', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text
  const silent = packages.filter(({ licences }) => licences.length === 0)
  yield `${pen('bold', printable(subject.name))}  ${subject.kind}\n`
  yield `${counted(packages.length, 'package')}, ${counted(silent.length, 'package')} without a known licence\n\n`
  const rows = groupsOf(packages).map(({ licence, category, denied, own }) => {
    const paint = denied ? (text: string) => pen('red', text) : undefined
    const names = new Set(own.slice(0, namesShown).map(({ name }) => name))
    const flag = denied ? `${category}, denied` : category
    return [
      { text: licence, paint },
      { text: flag, paint },
      { text: String(own.length) },
      { text: [...names].join(', ') },
    ]
  })
  const shape = [
    { title: 'LICENCE', shrinks: true },
    { title: 'CATEGORY' },
    { title: 'COUNT', align: 'right' },
    { title: 'PACKAGES', shrinks: true },
  ] as const
  if (rows.length > 0) for (const line of layOut(shape, rows, columns)) yield `${line}\n`
  if (unknowns.length === 0) return
  yield `\n${pen('bold', counted(unknowns.length, 'thing'))} could not be read:\n`
  for (const { path, reason } of unknowns.slice(0, unknownsShown)) yield `  ${printable(path)}: ${printable(reason)}\n`
  if (unknowns.length > unknownsShown) yield `  and ${unknowns.length - unknownsShown} more; --format json has all\n`
}

interface Group {
  readonly licence: string
  readonly category: PackageLicences['category']
  readonly denied: boolean
  readonly own: readonly PackageLicences[]
}

function groupsOf(packages: readonly PackageLicences[]): Group[] {
  const groups = [...Map.groupBy(packages, licenceOf)].map(
    ([licence, own]): Group => ({
      licence,
      category: own[0]?.category ?? 'unknown',
      denied: own.some(({ denied }) => denied),
      own,
    }),
  )
  return groups.toSorted((a, b) => order(b) - order(a) || (a.licence < b.licence ? -1 : 1))
}

function order({ category, denied }: Group): number {
  return categories.indexOf(category) + (denied ? categories.length : 0)
}

function licenceOf({ licences }: PackageLicences): string {
  if (licences.length === 0) return '(none known)'
  if (licences.length === 1) return licences.join('')
  return licences.map((licence) => (/ OR /.test(licence) ? `(${licence})` : licence)).join(' AND ')
}
