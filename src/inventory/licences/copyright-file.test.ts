import { describe, expect, test } from 'vitest'
import { copyrightLicences } from './copyright-file.ts'
import { Recogniser } from './recognition.ts'

const recogniser = new Recogniser()
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to
whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

const format = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
const asText = mit.replaceAll(/^$/gm, '.').replaceAll(/^/gm, ' ')

describe('a Debian copyright file', () => {
  test.each([
    [
      'names licences of files',
      `${format}\nFiles: *\nLicense: GPL-2+\n\nFiles: a\nLicense: Expat\n`,
      ['GPL-2.0-or-later', 'MIT'],
    ],
    ['names each once', `${format}\nFiles: *\nLicense: MIT\n\nFiles: a\nLicense: Expat\n`, ['MIT']],
    ['names one for all in its head', `${format}License: Apache-2.0\n`, ['Apache-2.0']],
    ['keeps a name that is not certain', `${format}\nFiles: *\nLicense: odd-one\n`, ['odd-one']],
    ['has the text of an odd name', `${format}\nFiles: *\nLicense: odd-one\n${asText}\n`, ['MIT']],
    [
      'has that text in a stanza of its own',
      `${format}\nFiles: *\nLicense: odd-one\n\nLicense: odd-one\n${asText}\n`,
      ['MIT'],
    ],
    ['has a text that no file is under', `${format}\nFiles: *\nLicense: Zlib\n\nLicense: Expat\n${asText}\n`, ['Zlib']],
    ['writes fields in any case', `format: x\n\nFILES: *\nLICENSE: Zlib\n`, ['Zlib']],
    ['has no known form, but a text', `It was packaged by somebody.\n\n${mit}\n`, ['MIT']],
    [
      'points to a common licence',
      `See \`/usr/share/common-licenses/GPL-3'. /usr/share/common-licenses/GPL.`,
      ['GPL-3.0-only', 'GPL'],
    ],
    ['says nothing', 'It was packaged by somebody.', []],
    ['is empty', '', []],
  ])('%s', (_, text, licences) => {
    expect(copyrightLicences(text, recogniser).map(({ licence }) => licence)).toEqual(licences)
  })

  test('costs no more than its size', () => {
    const began = performance.now()
    copyrightLicences(`${format}${'\nFiles: *\nLicense: x y or z\n text\n'.repeat(20_000)}`, recogniser)
    copyrightLicences('/usr/share/common-licenses/a'.repeat(30_000), recogniser)
    copyrightLicences('a'.repeat(1_000_000), recogniser)
    copyrightLicences('Format:\nLicense:'.repeat(50_000), recogniser)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})
