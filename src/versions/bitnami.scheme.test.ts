import { describeOrder } from '../../test/helpers/version-order.ts'
import bitnami from './bitnami.scheme.ts'

describeOrder(bitnami, {
  ascending: [
    ['1.2.2-10', '1.2.3-rc.1', '1.2.3-rc.1-2', '1.2.3', '1.2.3-1', '1.2.3-2', '1.2.3-10', '1.2.4'],
    ['7.0.0-2', '7.0.1-0', '10.0.0'],
  ],
  equal: [
    ['1.2.3', '1.2.3-0'],
    ['1.2', '1.2.0'],
    ['1.2.3-1', '1.2.3-01'],
  ],
  refused: ['-1', '1.2.3-', '1.2.3.4', 'latest', '1.2.3\n', ' 1.2.3'],
})
