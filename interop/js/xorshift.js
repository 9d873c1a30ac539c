/** The contract's endless test data: xorshift64* in little-endian words. */
export class Xorshift {
  #state
  #left = new Uint8Array(0)

  constructor (seed) {
    this.#state = BigInt.asUintN(64, BigInt(seed) * 0x9E3779B97F4A7C15n) | 1n
  }

  read (count) {
    const words = Math.max(0, Math.ceil((count - this.#left.length) / 8))
    const data = new Uint8Array(this.#left.length + words * 8)
    data.set(this.#left)
    const view = new DataView(data.buffer)
    let x = this.#state
    for (let i = 0; i < words; i++) {
      x ^= x >> 12n
      x = BigInt.asUintN(64, x ^ (x << 25n))
      x ^= x >> 27n
      view.setBigUint64(this.#left.length + i * 8, BigInt.asUintN(64, x * 0x2545F4914F6CDD1Dn), true)
    }
    this.#state = x
    this.#left = data.slice(count)
    return data.subarray(0, count)
  }
}
