import { describe, it } from 'vitest'
import { cases, debian, expectFound, file, hardLink, link } from '../../test/helpers/scan-layers.ts'

function manifest(name: string, version = '1.0.0'): string {
  return JSON.stringify({ name, version })
}

describe('packages of node_modules', () => {
  const left = manifest('left')
  const found = 'left 1.0.0 /app/node_modules/left/package.json'

  it.each(
    cases([
      [
        'in a folder that is a link',
        [[debian, link('app/node_modules', '/opt/deps'), file('opt/deps/left/package.json', left)]],
        [found],
      ],
      [
        'that are links',
        [[debian, link('app/node_modules/left', '../../opt/l'), file('opt/l/package.json', left)]],
        [found],
      ],
      [
        'whose scope is a link',
        [[debian, link('app/node_modules/@s', '/opt/s'), file('opt/s/x/package.json', manifest('@s/x'))]],
        ['@s/x 1.0.0 /app/node_modules/@s/x/package.json'],
      ],
      [
        'whose package.json is a link to a store',
        [[debian, link('app/node_modules/left/package.json', '/store/4f'), file('store/4f', left)]],
        [found],
      ],
      [
        'whose package.json is a hard link to a store that is deleted',
        [
          [debian, file('store/4f', left), hardLink('app/node_modules/left/package.json', 'store/4f')],
          [file('.wh.store')],
        ],
        [found],
      ],
      [
        'as pnpm lays them out, each once',
        [
          [
            debian,
            file('app/node_modules/.pnpm/left@1.0.0/node_modules/left/package.json', left),
            file('app/node_modules/.pnpm/right@2.0.0/node_modules/right/package.json', manifest('right', '2.0.0')),
            link('app/node_modules/.pnpm/right@2.0.0/node_modules/left', '../../left@1.0.0/node_modules/left'),
            link('app/node_modules/.pnpm/node_modules/left', '../left@1.0.0/node_modules/left'),
            link('app/node_modules/left', '.pnpm/left@1.0.0/node_modules/left'),
            link('app/node_modules/right', '.pnpm/right@2.0.0/node_modules/right'),
          ],
        ],
        [
          'left 1.0.0 /app/node_modules/.pnpm/left@1.0.0/node_modules/left/package.json',
          'right 2.0.0 /app/node_modules/.pnpm/right@2.0.0/node_modules/right/package.json',
        ],
      ],
      [
        'that two applications share, once',
        [
          [
            debian,
            link('a/node_modules', '/deps'),
            link('b/node_modules', '/deps'),
            file('deps/left/package.json', left),
          ],
        ],
        ['left 1.0.0 /a/node_modules/left/package.json'],
      ],
      [
        'that link to themselves, each other and the root',
        [
          [
            debian,
            file('app/node_modules/left/package.json', left),
            link('app/node_modules/left/node_modules', '..'),
            link('app/node_modules/loop', 'loop'),
            link('app/node_modules/root', '/'),
            link('node_modules', '.'),
          ],
        ],
        [found],
      ],
      [
        'of Debian, which are judged as its packages, but for those in a folder of their own',
        [
          [
            debian,
            link('usr/share/node_modules', 'nodejs'),
            file('usr/share/nodejs/undici/package.json', manifest('undici')),
            file('usr/share/nodejs/npm/node_modules/left/package.json', left),
          ],
        ],
        ['left 1.0.0 /usr/share/nodejs/npm/node_modules/left/package.json'],
      ],
      ['in other letters', [[debian, file('app/Node_Modules/left/package.json', left)]], []],
      [
        'below names that are no text',
        [
          [
            debian,
            file(Buffer.from('a\xff/node_modules/left/package.json', 'latin1'), left),
            file(Buffer.from('a\xfe/node_modules/left/package.json', 'latin1'), left),
            file('new\nline/node_modules/left/package.json', left),
            file('back\\slash/node_modules/left/package.json', left),
            file('{a,b}[c]*/node_modules/left/package.json', left),
          ],
        ],
        [
          'left 1.0.0 /a\udcfe/node_modules/left/package.json',
          'left 1.0.0 /a\udcff/node_modules/left/package.json',
          'left 1.0.0 /back\\slash/node_modules/left/package.json',
          'left 1.0.0 /new\nline/node_modules/left/package.json',
          'left 1.0.0 /{a,b}[c]*/node_modules/left/package.json',
        ],
      ],
      [
        'of a lower layer whose folder was emptied',
        [[debian, file('app/node_modules/left/package.json', left)], [file('app/node_modules/.wh..wh..opq')]],
        [],
      ],
      [
        'that a lock file names beside something that only looks like their folder',
        [
          [
            debian,
            file('a/node_modules'),
            file('a/package-lock.json', '{"packages":{"node_modules/left":{"version":"1.0.0"}}}'),
          ],
        ],
        ['left 1.0.0 /a/package-lock.json'],
      ],
    ]),
  )('$name', expectFound)
})
