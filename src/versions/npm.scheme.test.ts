import { describeOrder } from '../../test/helpers/version-order.ts'
import npm from './npm.scheme.ts'

describeOrder(npm, {
  ascending: [
    ['4.17.20', '4.17.21-rc.0', '4.17.21', '4.18.0'],
    ['0.0.0-experimental-1', '0.0.0-experimental-2', '0.0.0'],
  ],
  equal: [
    ['1.2.3', '=1.2.3'],
    ['1.2.3', 'v1.2.3'],
    ['1.2.3', '=v1.2.3+build'],
  ],
  refused: ['latest', '^1.2.3', '1.x', '==1.2.3', 'git+https://example.org/x.git', 'workspace:*'],
})
