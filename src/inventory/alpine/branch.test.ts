import { describe, expect, it } from 'vitest'
import type { Distribution } from '#model/distribution.ts'
import { settleBranch } from './branch.ts'

const alpine: Distribution = { id: 'alpine', versionId: '3.19.1', idLike: [], name: 'Alpine Linux v3.19' }

function settled(repositories: string, distribution: Distribution = alpine): readonly [string | undefined, string[]] {
  const { distribution: found, unknowns } = settleBranch(distribution, repositories)
  return [found?.versionId, unknowns.map(({ path, reason }) => `${path}: ${reason}`)]
}

function mixed(branches: string, chosen: string): string {
  return `/etc/apk/repositories: packages may come from several branches of Alpine (${branches}); all were judged as of ${chosen}`
}

const mirror = 'https://dl-cdn.alpinelinux.org/alpine'

describe('the branch of an Alpine image', () => {
  it.each([
    ['its own', `${mirror}/v3.19/main\n${mirror}/v3.19/community\n`],
    ['none', '# nothing\n/media/cdrom/apks\n'],
    ['what is commented out', `#${mirror}/edge/main\n # ${mirror}/v3.20/main`],
    ['another name for the newest', `${mirror}/latest-stable/main`],
    ['something else', `edge\n/edge/\nhttps://example.org/v3.18x/main\n${'a'.repeat(100_000)}`],
  ])('stays what it is where repositories name %s', (_, text) => {
    expect(settled(text)).toEqual(['3.19.1', []])
  })

  it.each([
    ['edge', `${mirror}/edge/main`, 'edge', '3.19, edge'],
    ['a newer release', `${mirror}/v3.20/main/\r\n${mirror}/v3.20/community/\r\n`, '3.20', '3.19, 3.20'],
    ['an older release', 'ftp://mirror.example/v3.9/main', '3.9', '3.19, 3.9'],
    ['edge beside its own', `${mirror}/v3.19/main\n${mirror}/edge/testing`, 'edge', '3.19, edge'],
    ['two releases', `${mirror}/v3.9/main\n${mirror}/v3.10/main`, '3.10', '3.10, 3.19, 3.9'],
    ['a mirror without a v', 'http://mirror.example/alpine/3.20/main', '3.20', '3.19, 3.20'],
  ])('is %s', (_, text, branch, all) => {
    expect(settled(text)).toEqual([branch, [mixed(all, branch)]])
  })

  it('is not that of repositories which only single packages come from', () => {
    expect(settled(`${mirror}/v3.19/main\n@testing ${mirror}/edge/testing`)).toEqual([
      '3.19.1',
      [mixed('3.19, edge', '3.19')],
    ])
  })

  it('is what repositories say where a release file does not', () => {
    expect(settled(`${mirror}/v3.18/main`, { ...alpine, versionId: undefined })).toEqual(['3.18', []])
    expect(settled(`${mirror}/edge/main`, { ...alpine, versionId: 'edge' })).toEqual(['edge', []])
  })

  it('is no matter of other distributions', () => {
    expect(settled(`${mirror}/edge/main`, { ...alpine, id: 'wolfi' })).toEqual(['3.19.1', []])
    expect(settleBranch(undefined, `${mirror}/edge/main`)).toEqual({ distribution: undefined, unknowns: [] })
    expect(settleBranch(alpine, undefined)).toEqual({ distribution: alpine, unknowns: [] })
  })
})
