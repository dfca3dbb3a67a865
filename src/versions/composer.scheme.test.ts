import { describeOrder } from '../../test/helpers/version-order.ts'
import composer from './composer.scheme.ts'

describeOrder(composer, {
  ascending: [
    [
      '1.0.foo',
      '1.0.dev',
      '1.0-alpha',
      '1.0a2',
      '1.0beta1',
      '1.0-b2',
      '1.0RC1',
      '1.0rc2',
      '1.0',
      '1.0.0',
      '1.0.1',
      '1.0pl1',
      '1.0-patch2',
    ],
    ['dev-main', '0.1'],
    ['1.999.0', '1.x-dev', '2.0-dev', '2.0.5', '2.0.x-dev', '2.1.0'],
    ['5.9', '5.10.1'],
  ],
  equal: [
    ['v1.2.3', '1.2.3'],
    ['V1.2.3', '1.2.3'],
    ['1.2-3', '1.2.3'],
    ['1.2_3', '1.2+3'],
    ['1.0b1', '1.0-beta.1'],
    ['1.0p1', '1.0pl1'],
    ['1.0RC1', '1.0rc1'],
    ['1.0-foo', '1.0-qux'],
    ['1.2.*', '1.2.x-dev'],
    ['01.2', '1.2'],
  ],
  refused: [' ', '1 0', '1\n'],
})
