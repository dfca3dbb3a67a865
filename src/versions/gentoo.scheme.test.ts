import { describeOrder } from '../../test/helpers/version-order.ts'
import gentoo from './gentoo.scheme.ts'

describeOrder(gentoo, {
  ascending: [
    [
      '1_alpha',
      '1_alpha1',
      '1_beta',
      '1_pre',
      '1_rc',
      '1_rc_p1',
      '1',
      '1-r1',
      '1-r10',
      '1_p',
      '1_p1',
      '1a',
      '1b',
      '1.0',
      '1.0.0',
      '1.001',
      '1.01',
      '1.1',
      '1.9',
      '1.10',
      '2',
    ],
  ],
  equal: [
    ['1', '01'],
    ['1', '1-r0'],
    ['1_p', '1_p0'],
    ['1.10', '1.10-r00'],
    ['1.01', '1.010'],
  ],
  refused: ['1.', '1..2', '1ab', '1_foo', 'a', '1-r', '1.0-1', '1A', ' 1'],
})
