package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Entropy;
import java.util.Random;

/** Entropy that a seed determines. */
final class TestEntropy implements Entropy {
  private final Random random;

  TestEntropy(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public byte[] next(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
