import { describe, expect, it } from 'vitest'
import { ModuleIndex, modulesOf } from './almalinux-modules.ts'

describe('the modules of an AlmaLinux advisory', () => {
  it.each([
    ['Important: nginx:1.22 security update', ['nginx:1.22']],
    ['Low: virt:rhel and virt-devel:rhel security and bug fix update', ['virt:rhel', 'virt-devel:rhel']],
    ['ALSA-2022:5468: php:8.0 security update (Important)', ['php:8.0']],
    ['new module: container-tools:2.0', ['container-tools:2.0']],
    ['idm:DL1 bug fix and enhancement update', ['idm:DL1']],
    ['Moderate: ruby security update', []],
    ['', []],
  ])('%j names %j', (summary, expected) => {
    expect(modulesOf(summary)).toEqual(expected)
  })

  it('are told from the others where a summary leaves out the stream', () => {
    const index = new ModuleIndex()
    index.add(build('Moderate: ruby:3.0 security update', '3.0.7-143.module_el8.10.0+3847+7c8cd2a4'))
    index.add(build('Moderate: ruby:3.1 security update', '3.1.5-143.module_el8.10.0+3852+c8a9a4a4'))
    index.add(build('Moderate: rails:5 security update', '3.1.5-9.module_el8.10.0+1+c8a9a4a4'))
    expect(index.find(build('Moderate: ruby security update', '3.1.6-1.module_el8'))).toEqual(['ruby:3.1'])
    expect(index.find(build('Moderate: ruby security update', '4.0.1-1.module_el8'))).toEqual(['ruby:3.0', 'ruby:3.1'])
    expect(index.find({ ...build('Moderate: ruby security update', '3.1'), name: 'other' })).toEqual([])
  })
})

function build(summary: string, fixed: string) {
  return {
    entry: { advisory: { summary } },
    namespace: 'almalinux-8',
    name: 'ruby',
    fixed,
    modules: modulesOf(summary),
  }
}
