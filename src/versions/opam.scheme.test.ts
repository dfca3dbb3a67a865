import { describeOrder } from '../../test/helpers/version-order.ts'
import opam from './opam.scheme.ts'

describeOrder(opam, {
  ascending: [
    ['~~', '~', '~beta2', '~beta10', '0.1', '1.0~beta', '1.0', '1.0-test', '1.0.1', '1.0.10', 'dev', 'v0.9', 'v0.16.3'],
    ['4.14.1', '4.14.1+flambda', '4.14.1-1', '4.14.2'],
  ],
  equal: [
    ['1.0', '1.00'],
    ['1.0a', '1.0a0'],
  ],
  refused: ['1 0', '1.0/2', '1:0', '1.0\n', '1.0é'],
})
