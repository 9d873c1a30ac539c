package io.minga.libp2p.runtime;

import io.minga.libp2p.crypto.Entropy;
import java.security.SecureRandom;

/** The operating system's source of unpredictable bytes. Safe for use by several threads. */
public final class SystemEntropy implements Entropy {
  private final SecureRandom random = new SecureRandom();

  @Override
  public byte[] next(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
