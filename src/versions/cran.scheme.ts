import { numberListKey } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'cran',
  title: 'R packages',
  spec: 'https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html',

  /** Numbers between `.` or `-`, which mean the same. */
  parse(text) {
    return /^\d+(?:[.-]\d+)*$/.test(text) ? numberListKey(text.split(/[.-]/)) : undefined
  },

  compare: compareKeys,
})
