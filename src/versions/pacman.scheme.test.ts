import { describeOrder } from '../../test/helpers/version-order.ts'
import pacman from './pacman.scheme.ts'

describeOrder(pacman, {
  ascending: [
    ['1.0alpha', '1.0beta', '1.0rc', '1.0rc1', '1.0', '1.0.a', '1.0.', '1.0.1', '1.0..1'],
    ['1.0-1', '1.0-1.1', '1.0-2', '1.1-1', '1:0.1-1'],
    ['1.0', '1.0-1'],
    ['1.9', '1.10', '1.20240101.gabc', '2'],
  ],
  equal: [
    ['1.0', '0:1.0'],
    ['1.0', '1_0'],
    ['1.0', '01.00'],
    ['1.0.', '1.0+'],
    [':1.0', '1.0'],
  ],
  refused: [' ', '1 0', '1\n', '1.0\u0000'],
})
