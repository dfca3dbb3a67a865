import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseName, countBaseLayers, type HistoryStep } from './base-image.ts'

/** A step in parentheses makes no layer. */
function history(...steps: readonly string[]): HistoryStep[] {
  return steps.map((text) => {
    const isEmpty = text.startsWith('(')
    return { created_by: isEmpty ? text.slice(1, -1) : text, empty_layer: isEmpty }
  })
}

const debuerreotype = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1734912000'"
const alpine = ['ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit', '(CMD ["/bin/sh"])']
const node = [
  ...alpine,
  '(ENV NODE_VERSION=22.1.0)',
  'RUN /bin/sh -c addgroup -g 1000 node # buildkit',
  'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
  '(ENTRYPOINT ["docker-entrypoint.sh"])',
  '(CMD ["node"])',
]
const app = ['(ENV A=b)', 'WORKDIR /app', 'COPY . . # buildkit', '(CMD ["server.js"])']

describe('the layers of the base image', () => {
  it.each<[string, readonly string[], number | undefined]>([
    ['are those before what the base runs', [...alpine, ...app], 1],
    ['are those of the image that was built on, with what that was built on', [...node, ...app], 3],
    ['end before the first instruction after a root file system', [debuerreotype, ...app], 1],
    ['are all that another tool made', ['bazel build ...', 'bazel build ...', ...app], 2],
    [
      'are told of the first builder of Docker, too',
      [
        '/bin/sh -c #(nop) ADD file:0123 in / ',
        '(/bin/sh -c #(nop)  CMD ["/bin/bash"])',
        '/bin/sh -c #(nop) COPY file:4567 in /app ',
      ],
      1,
    ],
    [
      'are told by the root file system alone',
      ['(ARG RELEASE)', '/bin/sh -c #(nop) ADD file:0123 in / ', '|1 A=b /bin/sh -c make'],
      1,
    ],
    ['are not told of an image that ends with what it runs', alpine, undefined],
    ['are not told of an image that only sets other metadata', [...alpine, '(ENV A=b)', '(CMD ["sh"])'], undefined],
    ['are not told of one that was built on nothing', ['COPY app / # buildkit', '(ENTRYPOINT ["/app"])'], undefined],
    ['are not told of one that was built by other tools altogether', ['jib', 'jib', 'jib'], undefined],
    ['are not told without a history', [], undefined],
    ['are not those before a COPY into the root', ['COPY app / # buildkit', 'COPY etc /etc # buildkit'], undefined],
  ])('%s', (_, steps, layers) => {
    expect(countBaseLayers(history(...steps))).toBe(layers)
  })

  it('are never all and never none', () => {
    const step = fc.constantFrom(debuerreotype, ...node, ...app)
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const told = countBaseLayers(history(...steps)) ?? 1
        const all = history(...steps).filter(({ empty_layer: isEmpty }) => !isEmpty).length
        expect(told).toBeGreaterThan(0)
        expect(told).toBeLessThan(Math.max(all, 2))
      }),
    )
  })
})

describe('the name of the base image', () => {
  const name = { 'org.opencontainers.image.base.name': 'docker.io/library/debian:12' }
  const digest = { 'org.opencontainers.image.base.digest': 'sha256:0123' }

  it.each([
    [[name, digest], name['org.opencontainers.image.base.name']],
    [[digest, name], name['org.opencontainers.image.base.name']],
    [[{}, digest], 'sha256:0123'],
    [[{ 'org.opencontainers.image.base.name': 12 }], undefined],
    [[{ 'org.opencontainers.image.base.name': '' }], undefined],
    [[], undefined],
  ])('in %j is %s', (notes, expected) => {
    expect(baseName(...notes)).toBe(expected)
  })
})
