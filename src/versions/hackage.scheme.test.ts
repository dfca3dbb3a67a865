import { describeOrder } from '../../test/helpers/version-order.ts'
import hackage from './hackage.scheme.ts'

describeOrder(hackage, {
  ascending: [['0.1', '0.1.0', '0.1.0.0', '0.1.1', '0.2', '0.10', '1']],
  equal: [['1.0', '01.00']],
  refused: ['1.', '1..2', '1.0-tag', 'v1.0', '1.0a', ' 1'],
})
