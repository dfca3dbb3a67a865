import { describeOrder } from '../../test/helpers/version-order.ts'
import luarocks from './luarocks.scheme.ts'

describeOrder(luarocks, {
  ascending: [
    [
      '1.0alpha1-1',
      '1.0beta-1',
      '1.0pre-1',
      '1.0rc1-1',
      '1.0rc2-1',
      '1.0-1',
      '1.0-2',
      '1.0a-1',
      '1.0b-1',
      '1.0.1-1',
      '1.2-1',
      '1.10-1',
      'cvs-1',
      'scm-1',
      'scm-2',
      'dev-1',
    ],
    ['1.0', '1.0-1'],
  ],
  equal: [
    ['1.0-1', '1-1'],
    ['1_0_2-1', '1.0.2-1'],
    ['1.0-01', '1-1'],
  ],
  refused: ['-1', '.1', '1.0+1', '1 0', ' 1'],
})
