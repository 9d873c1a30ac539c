"""The contract's endless test data: xorshift64* in little-endian words."""

import struct

MASK = (1 << 64) - 1


class Xorshift:
    def __init__(self, seed: int) -> None:
        self._state = (seed * 0x9E3779B97F4A7C15 & MASK) | 1
        self._left = b""

    def read(self, count: int) -> bytes:
        words = max(0, -(-(count - len(self._left)) // 8))
        x = self._state
        out = []
        for _ in range(words):
            x ^= x >> 12
            x ^= (x << 25) & MASK
            x ^= x >> 27
            out.append(x * 0x2545F4914F6CDD1D & MASK)
        self._state = x
        data = self._left + struct.pack(f"<{words}Q", *out)
        self._left = data[count:]
        return data[:count]
