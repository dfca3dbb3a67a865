import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { canonicalReport } from '#report/fixtures/canonical.ts'
import json from '#report/json.report.ts'
import sarif from '#report/sarif.report.ts'
import { describeShared, projectDir, shared } from '../helpers/components.ts'

const options = { columns: 100, color: false, now: new Date('2026-11-22T00:00:00Z') }
const officialSchema = 'specs/sarif/sarif-2.1/schema/sarif-schema-2.1.0.json'
const addFormats = addFormatsModule.default

describe('the JSON report', () => {
  it('is valid by the schema that we publish', () => {
    const schema: unknown = JSON.parse(readFileSync(join(projectDir, 'docs/reference/report-1.schema.json'), 'utf8'))
    const validate = addFormats(new Ajv2020({ strict: false })).compile(schema as object)
    const document: unknown = JSON.parse([...json.render(canonicalReport, options)].join(''))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  })
})

describeShared('the SARIF report', () => {
  it('is valid by the official schema', () => {
    // Draft 4 without what changed since: only the two keywords that name the draft have to go.
    const {
      $schema: _draft,
      id: _id,
      ...schema
    } = JSON.parse(readFileSync(shared(officialSchema), 'utf8')) as Record<string, object>
    const validate = addFormats(new Ajv({ strict: false })).compile(schema)
    const document: unknown = JSON.parse([...sarif.render(canonicalReport, options)].join(''))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  })
})
