import { Problem } from '../errors.ts'

/** Numbers of states after a literal, a match, a repeated match and a repeated byte. */
const afterLiteral = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5]
const literalStates = 7
const fullDistances = 128
const endPositionModel = 14

/** Where decoded bytes go; what went before is the dictionary. */
export interface Output {
  bytes: Buffer
  /** Where the next byte goes. */
  at: number
  /** Where the dictionary begins. */
  start: number
}

/** Decodes LZMA chunk by chunk; state goes over from one to the next. */
export class LzmaDecoder {
  readonly #output: Output
  #input: Buffer = Buffer.alloc(0)
  #next = 0
  #range = 0
  #code = 0
  #state = 0
  #distances: [number, number, number, number] = [0, 0, 0, 0]
  #literalContext = 3
  #literalPosition = 0
  #positionBits = 2
  #literals: Uint16Array = new Uint16Array(0)
  readonly #isMatch = probabilities(12 * 16)
  readonly #isRepeat = probabilities(12)
  readonly #isRepeat0 = probabilities(12)
  readonly #isRepeat1 = probabilities(12)
  readonly #isRepeat2 = probabilities(12)
  readonly #isRepeat0Long = probabilities(12 * 16)
  readonly #slots = probabilities(4 * 64)
  readonly #special = probabilities(fullDistances - endPositionModel + 1)
  readonly #align = probabilities(16)
  readonly #matchLength = new LengthModel()
  readonly #repeatLength = new LengthModel()

  constructor(output: Output) {
    this.#output = output
  }

  /** Context bits of literals and positions, in one byte. Throws when that is none. */
  setProperties(byte: number): void {
    this.#literalContext = byte % 9
    this.#literalPosition = Math.floor(byte / 9) % 5
    this.#positionBits = Math.floor(byte / 45)
    if (this.#positionBits > 4 || this.#literalContext + this.#literalPosition > 4) throw damaged()
    this.#literals = probabilities(0x300 << (this.#literalContext + this.#literalPosition))
  }

  resetState(): void {
    this.#state = 0
    this.#distances = [0, 0, 0, 0]
    const models = [this.#isMatch, this.#isRepeat, this.#isRepeat0, this.#isRepeat1, this.#isRepeat2]
    const others = [this.#isRepeat0Long, this.#slots, this.#special, this.#align, this.#literals]
    for (const model of [...models, ...others]) model.fill(1024)
    this.#matchLength.reset()
    this.#repeatLength.reset()
  }

  /** Appends exactly `size` bytes, for which there must be room. Throws `malformed` where that cannot be. */
  decode(input: Buffer, size: number): void {
    this.#input = input
    this.#next = 5
    this.#range = 0xff_ff_ff_ff
    this.#code = input.length < 5 || input[0] !== 0 ? -1 : input.readUInt32BE(1)
    if (this.#code === -1 || this.#literals.length === 0) throw damaged()
    const end = this.#output.at + size
    while (this.#output.at < end) this.#decodeSymbol(end)
  }

  #decodeSymbol(end: number): void {
    const position = (this.#output.at - this.#output.start) & ((1 << this.#positionBits) - 1)
    const slot = (this.#state << 4) + position
    if (this.#bit(this.#isMatch, slot) === 0) {
      this.#decodeLiteral()
      return
    }
    if (this.#bit(this.#isRepeat, this.#state) === 0) {
      const length = this.#length(this.#matchLength, position)
      this.#distances = [this.#distance(length), this.#distances[0], this.#distances[1], this.#distances[2]]
      this.#state = this.#state < literalStates ? 7 : 10
      this.#copy(length, end)
    } else if (this.#takeRepeat(slot)) {
      this.#state = this.#state < literalStates ? 9 : 11
      this.#copy(1, end)
    } else {
      const length = this.#length(this.#repeatLength, position)
      this.#state = this.#state < literalStates ? 8 : 11
      this.#copy(length, end)
    }
  }

  /** Brings the distance to repeat to the front; true when a single byte is repeated. */
  #takeRepeat(slot: number): boolean {
    const [first, second, third, fourth] = this.#distances
    if (this.#bit(this.#isRepeat0, this.#state) === 0) return this.#bit(this.#isRepeat0Long, slot) === 0
    if (this.#bit(this.#isRepeat1, this.#state) === 0) this.#distances = [second, first, third, fourth]
    else if (this.#bit(this.#isRepeat2, this.#state) === 0) this.#distances = [third, first, second, fourth]
    else this.#distances = [fourth, first, second, third]
    return false
  }

  #decodeLiteral(): void {
    const { bytes, at, start } = this.#output
    const previous = at > start ? (bytes[at - 1] ?? 0) : 0
    const low = (at - start) & ((1 << this.#literalPosition) - 1)
    const model = 0x300 * ((low << this.#literalContext) + (previous >> (8 - this.#literalContext)))
    let symbol = 1
    if (this.#state >= literalStates) {
      let match = bytes[this.#source()] ?? 0
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1
        match = (match << 1) & 0xff
        const bit = this.#bit(this.#literals, model + ((1 + expected) << 8) + symbol)
        symbol = (symbol << 1) | bit
        if (bit !== expected) break
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, model + symbol)
    bytes[at] = symbol & 0xff
    this.#output.at += 1
    this.#state = afterLiteral[this.#state] ?? 0
  }

  #length(model: LengthModel, position: number): number {
    if (this.#bit(model.choice, 0) === 0) return 2 + this.#tree(model.low, position << 3, 3)
    if (this.#bit(model.choice, 1) === 0) return 10 + this.#tree(model.middle, position << 3, 3)
    return 18 + this.#tree(model.high, 0, 8)
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length - 2, 3) << 6, 6)
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const base = (2 | (slot & 1)) * 2 ** bits
    if (slot < endPositionModel) return base + this.#reverseTree(this.#special, base - slot, bits)
    return base + this.#direct(bits - 4) * 16 + this.#reverseTree(this.#align, 0, 4)
  }

  /** Where the byte at the nearest distance is. */
  #source(): number {
    const source = this.#output.at - this.#distances[0] - 1
    if (source < this.#output.start) throw damaged()
    return source
  }

  #copy(length: number, end: number): void {
    const { bytes, at } = this.#output
    const source = this.#source()
    if (at + length > end) throw damaged()
    for (let index = 0; index < length; index++) bytes[at + index] = bytes[source + index] ?? 0
    this.#output.at += length
  }

  #tree(model: Uint16Array, from: number, bits: number): number {
    let symbol = 1
    for (let index = 0; index < bits; index++) symbol = (symbol << 1) | this.#bit(model, from + symbol)
    return symbol - (1 << bits)
  }

  /** The lowest bit comes first. */
  #reverseTree(model: Uint16Array, from: number, bits: number): number {
    let [symbol, value] = [1, 0]
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(model, from + symbol)
      symbol = (symbol << 1) | bit
      value |= bit << index
    }
    return value
  }

  #direct(bits: number): number {
    let value = 0
    for (let index = 0; index < bits; index++) {
      this.#normalize()
      this.#range >>>= 1
      const bit = this.#code >= this.#range ? 1 : 0
      if (bit === 1) this.#code -= this.#range
      value = value * 2 + bit
    }
    return value
  }

  #bit(model: Uint16Array, index: number): number {
    this.#normalize()
    const probability = model[index] ?? 1024
    const bound = (this.#range >>> 11) * probability
    if (this.#code < bound) {
      this.#range = bound
      model[index] = probability + ((2048 - probability) >> 5)
      return 0
    }
    this.#range -= bound
    this.#code -= bound
    model[index] = probability - (probability >> 5)
    return 1
  }

  #normalize(): void {
    if (this.#range >= 0x1_00_00_00) return
    const byte = this.#input[this.#next]
    if (byte === undefined) throw damaged()
    this.#next += 1
    this.#range = (this.#range << 8) >>> 0
    this.#code = ((this.#code << 8) | byte) >>> 0
  }
}

class LengthModel {
  readonly choice = probabilities(2)
  readonly low = probabilities(16 * 8)
  readonly middle = probabilities(16 * 8)
  readonly high = probabilities(256)

  reset(): void {
    for (const model of [this.choice, this.low, this.middle, this.high]) model.fill(1024)
  }
}

function probabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(1024)
}

function damaged(): Problem {
  return new Problem('malformed', 'the xz data is damaged')
}
