import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificates {
  /** PEM file of a private authority. */
  readonly caFile: string
  /** For `localhost`, `registry.test` and `127.0.0.1`, signed by that authority. */
  readonly keyFile: string
  readonly certFile: string
  readonly key: string
  readonly cert: string
}

/** Makes a private authority and a server certificate with openssl, in a folder of the caller's. */
export function makeCertificates(dir: string): Certificates {
  const file = (name: string) => join(dir, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = '/CN=Test authority'
  openssl('req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '2', '-subj', subject)
  openssl('req', ...newKey, '-keyout', file('tls.key'), '-out', file('tls.csr'), '-subj', '/CN=localhost')
  writeFileSync(file('san'), 'subjectAltName=DNS:localhost,DNS:registry.test,IP:127.0.0.1\n')
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('san')]
  openssl('x509', '-req', '-in', file('tls.csr'), ...signing, '-out', file('tls.pem'), '-days', '2')
  return {
    caFile: file('ca.pem'),
    keyFile: file('tls.key'),
    certFile: file('tls.pem'),
    key: readFileSync(file('tls.key'), 'utf8'),
    cert: readFileSync(file('tls.pem'), 'utf8'),
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' })
}
