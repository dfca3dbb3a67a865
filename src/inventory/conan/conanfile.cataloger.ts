import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { referencedPackage } from './reference.ts'
import { linesIn } from './sections.ts'

/** What is needed to build or to test only (`tool_requires`, `test_requires`, `build_requires`) is left out. */
export default defineCataloger({
  id: 'conanfile',
  version: 1,
  ecosystem: 'conan',
  proves: 'declared',
  title: 'Conan requirements (conanfile.txt)',
  spec: 'https://docs.conan.io/2/reference/conanfile_txt.html',
  files: ['**/conanfile.txt'],
  finds: ['packages'],

  async catalog(file, context) {
    const location = `/${file.path}`
    if (isPackaging(file.path) || context.typeOf(`${file.path.slice(0, -'conanfile.txt'.length)}conan.lock`) === 'file')
      return []
    return withCounts(outcomesOf(await file.text(), location), location)
  },
})

function* outcomesOf(text: string, location: string): Generator<Outcome> {
  for (const line of linesIn(text, 'requires')) yield referencedPackage(line, { location })
}
