import { describeOrder } from '../../test/helpers/version-order.ts'
import conan from './conan.scheme.ts'

describeOrder(conan, {
  ascending: [
    [
      '1.0-alpha',
      '1.0-beta.1',
      '1.0-rc',
      '1',
      '1.0.1',
      '1.0.a',
      '1.1',
      '1.1.1',
      '1.1.1a',
      '1.1.1w',
      '1.1.2',
      '1.1.10',
      '1.2',
      '2',
      'cci.20200101',
      'system',
    ],
    ['1.2.3', '1.2.3+1', '1.2.3+2', '1.2.3+10'],
    ['1.2.3-pre', '1.2.3-pre+1', '1.2.3'],
  ],
  equal: [
    ['1', '1.0.0'],
    ['1.2+b', '1.2.0+b'],
    ['1.2-rc', '1.2.0-rc'],
    ['01', '1'],
  ],
  refused: [' ', '1 0', '1\n', '[>=1.0 <2]'],
})
