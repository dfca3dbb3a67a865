import { describeOrder } from '../../test/helpers/version-order.ts'
import cocoapods from './cocoapods.scheme.ts'

describeOrder(cocoapods, {
  ascending: [
    [
      '0.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.2',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta11',
      '1.0',
      '1.0.0.1',
      '1.0.1',
      '1.1',
    ],
    ['1.0.0', '1.0.0-1', '1.0.1'],
  ],
  equal: [
    ['1.0', '1.0.0'],
    ['1.0+build', '1.0'],
    ['1.0-rc1', '1.0.rc.1'],
    ['1.0.0-rc', '1.rc'],
    ['1.02', '1.2'],
  ],
  refused: ['v1.0', '1..0', '1.', '1.0+', '1.0_1', 'HEAD', ' 1.0'],
})
