package io.minga.libp2p.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The test data of the contract: xorshift64* from a seed, its words in little-endian order. */
final class Xorshift {
  private long state;
  private final ByteBuffer word =
      ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).position(Long.BYTES);

  Xorshift(long seed) {
    state = (seed * 0x9E3779B97F4A7C15L) | 1;
  }

  /** The next {@code bytes} bytes. */
  byte[] next(int bytes) {
    byte[] whole = new byte[bytes];
    ByteBuffer out = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    while (out.hasRemaining() && word.hasRemaining()) {
      out.put(word.get());
    }
    while (out.remaining() >= Long.BYTES) {
      out.putLong(nextWord());
    }
    if (out.hasRemaining()) {
      word.clear().putLong(nextWord()).flip();
      while (out.hasRemaining()) {
        out.put(word.get());
      }
    }
    return whole;
  }

  private long nextWord() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return state * 0x2545F4914F6CDD1DL;
  }
}
