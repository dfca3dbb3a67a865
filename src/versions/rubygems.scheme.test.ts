import { describeOrder } from '../../test/helpers/version-order.ts'
import rubygems from './rubygems.scheme.ts'

describeOrder(rubygems, {
  ascending: [
    ['0.9', '1.0.a.2', '1.0.a10', '1.0.b1', '1.0.rc1', '1.0', '1.0.0.1', '1.0.1', '1.2', '1.10'],
    ['1.0-1', '1.0.prf', '1.0'],
    ['1.A', '1.a', '1.a.1'],
    ['1.a.b', '1.a.0.b', '1.a', '1.a.0.0.1', '1.a.0.1', '1.a.1'],
  ],
  equal: [
    ['1.0', '1'],
    ['1.0.a.2', '1.0.a2'],
    ['1.0.0.rc1', '1.rc1'],
    ['1.rc3.0', '1.rc3'],
    ['1.0-rc1', '1.0.pre.rc1'],
    ['1.01', '1.1'],
  ],
  refused: ['a', 'v1.0', '1.', '1..2', '1.0+1', '1.0-x86_64-linux', ' 1', '1\n', '1.0-'],
})
