import { describeOrder } from '../../test/helpers/version-order.ts'
import nuget from './nuget.scheme.ts'

describeOrder(nuget, {
  ascending: [
    [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.10',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0',
      '1.0.0.1-rc',
      '1.0.0.1',
      '1.0.1',
      '1.10.0',
      '2.0',
    ],
  ],
  equal: [
    ['1', '1.0.0.0'],
    ['1.0.0-RC.1', '1.0.0-rc.1'],
    ['1.0+abc', '1.0.0+DEF'],
    ['1.01', '1.1'],
  ],
  refused: ['1.2.3.4.5', 'v1.0', '1.0.0-', '1.0.0-a_b', '1..2', '1.0.0+', '[1.0]', ' 1.0'],
})
