import { describeOrder } from '../../test/helpers/version-order.ts'
import openssl from './openssl.scheme.ts'

describeOrder(openssl, {
  ascending: [
    [
      '0.9.8zh',
      '1.0.2-beta1',
      '1.0.2',
      '1.0.2a',
      '1.0.2k-dev',
      '1.0.2k',
      '1.0.2z',
      '1.0.2za',
      '1.0.2zb',
      '1.0.2zk',
      '1.1.0',
      '1.1.1-pre1',
      '1.1.1-pre9',
      '1.1.1',
      '1.1.1a',
      '1.1.1w',
      '3.0.0-dev',
      '3.0.0-alpha1',
      '3.0.0-alpha17',
      '3.0.0-beta2',
      '3.0.0',
      '3.0.9',
      '3.0.10',
    ],
    ['1.0.0beta3', '1.0.0'],
  ],
  equal: [
    ['1.1.1k-fips', '1.1.1k'],
    ['1.1.1w+quic', '1.1.1w'],
    ['OpenSSL 3.0.2', '3.0.2'],
    ['3.0.0-Beta1', '3.0.0-beta1'],
    ['3.1', '3.1.0'],
    ['1.0.2ZB', '1.0.2zb'],
  ],
  refused: ['fips', '1.0.2abcd', '1.', '1..1', '1.0.2 15', 'LibreSSL 3.0'],
})
