import { describe, expect, it } from 'vitest'
import { identifiersOf } from './alpine-identifiers.ts'

describe('a line of secfixes', () => {
  it.each([
    ['CVE-2019-1234', ['CVE-2019-1234']],
    ['CVE-2017-2616 (+ regression fix)', ['CVE-2017-2616']],
    ['CVE-2020-14342 # requires --with-systemd', ['CVE-2020-14342']],
    ['CVE-2019-17349 CVE-2019-17350 XSA-295', ['CVE-2019-17349', 'CVE-2019-17350']],
    ['CVE-2017-12122 TALOS-2017-0488', ['CVE-2017-12122 TALOS-2017-0488']],
    ['CVE 2018-16859', ['CVE-2018-16859']],
    ['cve_2019-2426', ['CVE-2019-2426']],
    ['CVE-2019-19451.patch', ['CVE-2019-19451']],
    ['CVE-2017-17434-1', ['CVE-2017-17434-1']],
    ['GHSA-fhpf-pp6p-55qc', ['GHSA-fhpf-pp6p-55qc']],
    ['XSA-207', ['XSA-207']],
    ['ZBX-11023', ['ZBX-11023']],
    ['VSV00010', ['VSV00010']],
    ['wnpa-sec-2017-18', ['wnpa-sec-2017-18']],
    ['DW202402-001', ['DW202402-001']],
    ['see the upstream notes', []],
    ['', []],
  ])('%j names %j', (text, expected) => {
    expect(identifiersOf(text).map(({ id, aliases }) => [id, ...aliases].join(' '))).toEqual(expected)
  })
})
