/** Package headers of rpm as a test wants them written. */
export interface Item {
  readonly tag: number
  readonly type: number
  readonly data: Buffer
  readonly count?: number
}

export const int32 = 4
export const string = 6
export const stringArray = 8
export const i18nString = 9

export function text(tag: number, value: string, type = string): Item {
  return { tag, type, data: Buffer.from(`${value}\0`) }
}

export function number(tag: number, value: number): Item {
  const data = Buffer.alloc(4)
  data.writeUInt32BE(value)
  return { tag, type: int32, data }
}

export function header(items: readonly Item[]): Buffer {
  const index = Buffer.alloc(8 + 16 * items.length)
  index.writeUInt32BE(items.length, 0)
  let offset = 0
  for (const [position, { tag, type, data, count = 1 }] of items.entries()) {
    for (const [field, value] of [tag, type, offset, count].entries())
      index.writeUInt32BE(value, 8 + 16 * position + 4 * field)
    offset += data.length
  }
  index.writeUInt32BE(offset, 4)
  return Buffer.concat([index, ...items.map(({ data }) => data)])
}

export function texts(tag: number, values: readonly string[]): Item {
  return {
    tag,
    type: stringArray,
    data: Buffer.from(values.map((value) => `${value}\0`).join('')),
    count: values.length,
  }
}

export function numbers(tag: number, values: readonly number[]): Item {
  return { tag, type: int32, data: Buffer.concat(values.map((value) => number(tag, value).data)), count: values.length }
}
