package io.minga.libp2p.crypto;

/** Where keys and nonces come from: unpredictable bytes. Never used for protocol randomness. */
@FunctionalInterface
public interface Entropy {
  /** {@code length} fresh unpredictable bytes. */
  byte[] next(int length);
}
