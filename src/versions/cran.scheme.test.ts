import { describeOrder } from '../../test/helpers/version-order.ts'
import cran from './cran.scheme.ts'

describeOrder(cran, {
  ascending: [
    ['0.9', '0.75', '0.75.0', '0.75-1', '0.75.2'],
    ['1.0', '1.0-0', '1.0.1', '1.0-10'],
  ],
  equal: [
    ['1.0-1', '1.0.1'],
    ['0.01.0', '0.1-0'],
  ],
  refused: ['1.', '1..2', '1.0a', 'v1.0', '-1', '1.0_1', ' 1.0'],
})
