/** The part of a stream that is still being looked at. Costs time linear in the stream while what is kept is bounded. */
export class Window {
  #buffer = Buffer.alloc(0)
  #start = 0
  #end = 0
  #offset = 0

  /** Where in the stream the first kept byte is. */
  get offset(): number {
    return this.#offset
  }

  /** What is kept; valid until the next `append`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  append(chunk: Uint8Array): void {
    const keptBytes = this.#end - this.#start
    if (this.#end + chunk.length > this.#buffer.length) {
      // Room for twice what is needed, so that moving the kept bytes to the front is rare.
      const roomBytes = 2 * (keptBytes + chunk.length)
      const target = roomBytes > this.#buffer.length ? Buffer.allocUnsafe(roomBytes) : this.#buffer
      this.#buffer.copy(target, 0, this.#start, this.#end)
      this.#buffer = target
      this.#start = 0
      this.#end = keptBytes
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** Takes a chunk of which nothing but the end may still matter. */
  passOver(chunk: Uint8Array, keptBytes: number): void {
    const tail = chunk.subarray(Math.max(chunk.length - keptBytes, 0))
    if (tail.length === keptBytes) {
      this.#offset += this.#end - this.#start + chunk.length - tail.length
      this.#start = this.#end
    }
    this.append(tail)
    this.drop(Math.max(this.#end - this.#start - keptBytes, 0))
  }

  /** Forgets so many bytes at the front. */
  drop(count: number): void {
    this.#start += count
    this.#offset += count
  }
}
