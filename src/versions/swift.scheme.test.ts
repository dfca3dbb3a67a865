import { describeOrder } from '../../test/helpers/version-order.ts'
import swift from './swift.scheme.ts'

describeOrder(swift, {
  ascending: [['0.9.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0', '1.0.1', '5.10.0', '509.0.0']],
  equal: [
    ['v1.0.0', '1.0.0'],
    ['5.9', '5.9.0'],
    ['1.0.0+a', '1.0.0+b'],
  ],
  refused: ['main', 'vv1', '1.0.0.0', 'swift-5.9-RELEASE', '1.0.0-'],
})
