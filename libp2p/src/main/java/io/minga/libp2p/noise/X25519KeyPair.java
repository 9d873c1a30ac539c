package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;

/** An X25519 key pair, 32 bytes each. It never shows its scalar in a string. */
final class X25519KeyPair {
  /** The length of either half in bytes. */
  static final int LENGTH = 32;

  private final byte[] scalar;
  private final byte[] publicKey;

  private X25519KeyPair(byte[] scalar, byte[] publicKey) {
    this.scalar = scalar;
    this.publicKey = publicKey;
  }

  static X25519KeyPair generate(Crypto crypto, Entropy entropy) {
    return of(crypto, entropy.next(LENGTH));
  }

  static X25519KeyPair of(Crypto crypto, byte[] scalar) {
    if (scalar.length != LENGTH) {
      throw new IllegalArgumentException(
          "an X25519 scalar is " + LENGTH + " bytes long, not " + scalar.length);
    }
    return new X25519KeyPair(scalar, crypto.x25519PublicKey(scalar));
  }

  /** The secret half itself, not a copy. */
  byte[] scalar() {
    return scalar;
  }

  /** The public half itself, not a copy. */
  byte[] publicKey() {
    return publicKey;
  }
}
