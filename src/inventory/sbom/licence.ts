import { createHash } from 'node:crypto'
import { parseExpression } from '../licences/expression.ts'

/** Whether a statement is an SPDX licence expression (SPDX 2.3 annex D) as it stands. */
export function isLicenceExpression(text: string): boolean {
  return parseExpression(text) !== undefined
}

/** Whether it is one identifier of the SPDX licence list. */
export function isLicenceId(text: string): boolean {
  const licence = parseExpression(text)
  return licence !== undefined && 'license' in licence && licence.license === text && !text.includes('Ref-')
}

/** Whether it is one identifier of the SPDX list of exceptions. */
export function isExceptionId(text: string): boolean {
  const licence = /^[A-Za-z0-9.-]{1,100}$/.test(text) ? parseExpression(`MIT WITH ${text}`) : undefined
  return licence !== undefined && 'license' in licence && licence.exception === text
}

/** An identifier for a licence that is not on the SPDX list: the same for the same text. */
export function licenceRef(text: string): string {
  const words = text
    .replaceAll(/[^A-Za-z0-9]{1,2000}/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return `LicenseRef-${words === '' ? '' : `${words}-`}${digest}`
}
