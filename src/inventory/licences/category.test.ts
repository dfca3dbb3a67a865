import { describe, expect, test } from 'vitest'
import { categories, type LicenceCategory } from './categories.data.ts'
import { categoryOf, idsOf, isDenied } from './category.ts'
import { parseExpression } from './expression.ts'

describe('categoryOf', () => {
  test.each([
    ['MIT', 'permissive'],
    ['CC0-1.0', 'public-domain'],
    ['LGPL-2.1-or-later', 'weak-copyleft'],
    ['GPL-2.0', 'strong-copyleft'],
    ['GPL-2.0+', 'strong-copyleft'],
    ['GPL-3.0-only', 'strong-copyleft'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'weak-copyleft'],
    ['Apache-2.0 WITH LLVM-exception', 'permissive'],
    ['AGPL-3.0-or-later', 'network-copyleft'],
    ['BUSL-1.1', 'proprietary'],
    ['MIT OR GPL-2.0-only', 'permissive'],
    ['MIT AND GPL-2.0-only', 'strong-copyleft'],
    ['MIT OR LicenseRef-x', 'permissive'],
    ['MIT AND LicenseRef-x', 'unknown'],
    ['(MIT OR AGPL-3.0-only) AND MPL-2.0', 'weak-copyleft'],
    ['BSD', 'permissive'],
    ['GNU General Public License (GPL)', 'strong-copyleft'],
    ['GPL-3+ with some exception', 'strong-copyleft'],
    ['GPL or Artistic', 'permissive'],
    ['GPL and Artistic', 'strong-copyleft'],
    ['GPL or Ours', 'strong-copyleft'],
    ['GPL and Ours', 'unknown'],
    ['UNLICENSED', 'proprietary'],
    ['public-domain-md5', 'public-domain'],
    ['SEE LICENSE IN COPYING', 'unknown'],
    ['constructor', 'unknown'],
  ] as const)('%s is %s', (licence, category) => {
    expect(categoryOf(licence)).toBe(category)
  })

  test('each identifier of the table is on the SPDX list, and once in the table', () => {
    const known = categories.filter(
      (category): category is Exclude<LicenceCategory, 'unknown'> => category !== 'unknown',
    )
    const ids = known.flatMap(idsOf)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => [id, `${id}-only`].every((text) => parseExpression(text) === undefined))).toEqual([])
  })
})

describe('isDenied', () => {
  test.each([
    ['MIT', ['gpl-3.0-only'], false],
    ['GPL-3.0-only', ['gpl-3.0-only'], true],
    ['GPL-3.0-only', ['strong-copyleft'], true],
    ['MIT OR GPL-3.0-only', ['strong-copyleft'], false],
    ['MIT AND GPL-3.0-only', ['strong-copyleft'], true],
    ['MIT OR GPL-3.0-only', ['strong-copyleft', 'permissive'], true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', ['strong-copyleft'], false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', ['gpl-2.0-only'], true],
    ['SEE LICENSE IN COPYING', ['unknown'], true],
    ['GPL', ['strong-copyleft'], true],
  ] as const)('%s, denied %j: %s', (licence, denied, expected) => {
    expect(isDenied(licence, new Set(denied))).toBe(expected)
  })
})
