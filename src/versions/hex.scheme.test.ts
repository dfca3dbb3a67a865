import { describeOrder } from '../../test/helpers/version-order.ts'
import hex from './hex.scheme.ts'

describeOrder(hex, {
  ascending: [['0.9.0', '1.0.0-dev', '1.0.0-rc.1', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0', '1.0.1', '1.10.0']],
  equal: [
    ['1.0.0+build', '1.0.0'],
    ['0', '0.0.0'],
  ],
  refused: ['v1.0.0', '1.0.0.0', '~> 1.0', '1.0.0-', 'main'],
})
