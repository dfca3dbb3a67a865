import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExpression } from './expression.ts'
import { normaliseLicence } from './normalise.ts'

const certain: readonly (readonly [text: string, expression: string, ecosystem?: string])[] = [
  ['MIT', 'MIT'],
  ['mit', 'MIT'],
  ['(MIT OR GPL-2.0)', 'MIT OR GPL-2.0-only'],
  ['MIT or Apache-2.0', 'MIT OR Apache-2.0'],
  ['Apache-2.0 WITH LLVM-exception OR MIT', 'Apache-2.0 WITH LLVM-exception OR MIT'],
  ['(MIT OR ISC) AND (GPL-2.0+ AND Zlib)', '(MIT OR ISC) AND GPL-2.0-or-later AND Zlib'],
  ['GPL-2.0', 'GPL-2.0-only'],
  ['GPL-2.0+', 'GPL-2.0-or-later'],
  ['GPL-3.0-only+', 'GPL-3.0-or-later'],
  ['GPL-2.0-with-classpath-exception', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ['LicenseRef-Ours', 'LicenseRef-Ours'],
  ['Apache 2', 'Apache-2.0'],
  ['Apache License, Version 2.0', 'Apache-2.0'],
  ['The Apache Software License, Version 2.0', 'Apache-2.0'],
  ['ASL 2.0', 'Apache-2.0'],
  ['MIT License', 'MIT'],
  ['Expat', 'MIT'],
  ['MIT/X11', 'MIT'],
  ['BSD-3', 'BSD-3-Clause'],
  ['New BSD License', 'BSD-3-Clause'],
  ['BSD 3-Clause "New" or "Revised" License', 'BSD-3-Clause'],
  ['GPLv2+', 'GPL-2.0-or-later'],
  ['GPL-2+', 'GPL-2.0-or-later'],
  ['GPL v2', 'GPL-2.0-only'],
  ['GNU LGPL 2.1', 'LGPL-2.1-only'],
  ['GNU General Public License, version 2 or (at your option) any later version', 'GPL-2.0-or-later'],
  ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
  ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
  ['ISC License (ISCL)', 'ISC'],
  ['Eclipse Public License - v 2.0', 'EPL-2.0'],
  ['GPL-2 with Classpath exception', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ['http://www.apache.org/licenses/LICENSE-2.0.txt', 'Apache-2.0'],
  ['https://opensource.org/licenses/MIT', 'MIT'],
  ['https://spdx.org/licenses/BSD-2-Clause.html', 'BSD-2-Clause'],
  ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
  ['GPL-2+ or MIT, and BSD-3-clause', '(GPL-2.0-or-later OR MIT) AND BSD-3-Clause', 'deb'],
  ['GPLv2+ and MIT', 'GPL-2.0-or-later AND MIT', 'rpm'],
  ['(MPLv1.1 or LGPLv3+) and ASL 2.0', '(MPL-1.1 OR LGPL-3.0-or-later) AND Apache-2.0', 'rpm'],
  ['GPL+ or Artistic', 'GPL-1.0-or-later OR Artistic-1.0-Perl', 'rpm'],
  ['GPL (>= 2)', 'GPL-2.0-or-later', 'cran'],
  ['GPL-2 | GPL-3', 'GPL-2.0-only OR GPL-3.0-only', 'cran'],
  ['MIT + file LICENSE', 'MIT', 'cran'],
  ['perl_5', 'Artistic-1.0-Perl OR GPL-1.0-or-later', 'cpan'],
  ['MIT/Apache-2.0', 'MIT OR Apache-2.0', 'cargo'],
]

const uncertain: readonly (readonly [text: string, ecosystem?: string])[] = [
  ['BSD'],
  ['BSD License 2.0'],
  ['GPL'],
  ['GNU Library or Lesser General Public License (LGPL)'],
  ['Apache Software License'],
  ['Artistic'],
  ['GPL-1+ or Artistic'],
  ['Public Domain'],
  ['SEE LICENSE IN LICENSE.md'],
  ['UNLICENSED'],
  ['LGPLv2+', 'rpm'],
  ['GPLv2+ with exceptions', 'rpm'],
  ['GPLv2+ and Proprietary', 'rpm'],
  ['MIT/Apache-2.0'],
  ['MIT, BSD-3-Clause'],
  ['GPL-2+ or Artistic, and BSD-3-clause', 'deb'],
  ['MIT + file LICENSE'],
  ['file LICENSE', 'cran'],
  ['LGPL2.1+ (the library), GPL2+ (tests and examples)'],
  ['MIT AND'],
  ['https://example.com/licenses/MIT'],
  ['constructor'],
  ['GPL-2 with constructor'],
  ['__proto__', 'cpan'],
  ['('.repeat(499)],
  ['MIT '.repeat(1000)],
  [''],
]

describe('normaliseLicence', () => {
  test.each(certain.map(([text, expression, ecosystem]) => ({ text, expression, ecosystem })))(
    '$text is $expression ($ecosystem)',
    ({ text, expression, ecosystem }) => {
      expect(normaliseLicence(text, ecosystem)).toBe(expression)
    },
  )

  test.each(uncertain.map(([text, ecosystem]) => ({ text, ecosystem })))(
    '$text ($ecosystem) stays a name',
    ({ text, ecosystem }) => {
      expect(normaliseLicence(text, ecosystem)).toBeUndefined()
    },
  )

  test('gives valid expressions in a spelling that it keeps', () => {
    const word = fc.constantFrom(
      ...certain.map(([text]) => text),
      ...uncertain.map(([text]) => text),
      ...'( ) and or with | / , + GPL v2'.split(' '),
    )
    const statements = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 6 }).map((all) => all.join(' ')),
    )
    fc.assert(
      fc.property(statements, fc.constantFrom(undefined, 'rpm', 'deb', 'cran', 'cpan', 'cargo'), (text, ecosystem) => {
        const expression = normaliseLicence(text, ecosystem)
        if (expression === undefined) return
        expect(parseExpression(expression)).toBeDefined()
        expect(normaliseLicence(expression)).toBe(expression)
      }),
      { numRuns: 500 },
    )
  })
})
