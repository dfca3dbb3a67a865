import { describeOrder } from '../../test/helpers/version-order.ts'
import pub from './pub.scheme.ts'

describeOrder(pub, {
  ascending: [
    [
      '1.0.0-pre',
      '1.0.0-pre+build',
      '1.0.0',
      '1.0.0+1',
      '1.0.0+2',
      '1.0.0+10',
      '1.0.0+10.1',
      '1.0.0+a',
      '1.0.1-0',
      '1.0.1',
    ],
  ],
  equal: [
    ['v1.0.0', '1.0.0'],
    ['1.0.0+01', '1.0.0+1'],
  ],
  refused: ['1.0.0+', '1.0.0+a..b', '1.0.0+a_b', '1.0.0.0', 'any', '^1.0.0'],
})
