import { jsonText } from '#kit/json.ts'
import { defineReport } from './report.ts'

export default defineReport({
  id: 'json',
  title: 'JSON, the whole report',
  spec: 'docs/report-format.md',

  *render(report) {
    yield jsonText(report)
  },
})
