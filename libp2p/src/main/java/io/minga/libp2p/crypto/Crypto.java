package io.minga.libp2p.crypto;

import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/**
 * The primitives that the host needs, behind one port so that a native library can serve them where
 * it loads. Implementations are stateless and safe for use by several threads; what they return
 * ({@link Aead}) belongs to one owner.
 */
public interface Crypto {
  /** The library behind this port, for the log: {@code Conscrypt 2.9.0}. */
  String name();

  /** The 32-byte Ed25519 public key of the 32-byte {@code seed}. */
  byte[] ed25519PublicKey(byte[] seed);

  /** The 64-byte Ed25519 signature of {@code message} by the 32-byte {@code seed}. */
  byte[] ed25519Sign(byte[] seed, byte[] message);

  /** Who signs with the 32-byte {@code seed} again and again: what can be prepared for that is. */
  default Signer ed25519Signer(byte[] seed) {
    byte[] own = seed.clone();
    return message -> ed25519Sign(own, message);
  }

  /** Whether {@code signature} is that of {@code message} by the 32-byte {@code publicKey}. */
  boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature);

  /**
   * Whether {@code signature}, ECDSA in DER, is that of {@code message}, hashed by SHA-256, by the
   * P-256 key {@code publicKey}, an uncompressed point of 65 bytes.
   */
  boolean ecdsaP256Verify(byte[] publicKey, byte[] message, byte[] signature);

  /** The 32-byte X25519 public key (little-endian u coordinate) of the 32-byte {@code scalar}. */
  byte[] x25519PublicKey(byte[] scalar);

  /**
   * The 32-byte X25519 shared secret.
   *
   * @throws WireException if {@code publicKey} is not 32 bytes or of low order (all-zero secret)
   */
  byte[] x25519(byte[] scalar, byte[] publicKey) throws WireException;

  /** Signs with one key. Safe for use by several threads. */
  @FunctionalInterface
  interface Signer {
    /** The 64-byte signature of {@code message}. */
    byte[] sign(byte[] message);
  }

  /** ChaCha20-Poly1305 (RFC 8439) under the 32-byte {@code key}. */
  Aead chaCha20Poly1305(byte[] key);

  /**
   * ChaCha20-Poly1305 under one key with Noise's nonces: four zero bytes, then the counter as u64
   * little-endian. One owner; not safe for use by several threads.
   *
   * <p>Buffers may be heap or direct, pooled or not; input and output are two buffer objects, whose
   * memory may be the same at the same position. On success both positions move past what was read
   * and written. On failure neither moves, and what the output holds is undefined.
   */
  interface Aead {
    /** What a ciphertext is longer than its plaintext, in bytes. */
    int TAG_LENGTH = 16;

    /**
     * Encrypts what remains of {@code plaintext} into {@code ciphertext}, which needs 16 bytes
     * more.
     *
     * @throws IllegalStateException if {@code counter}, unsigned, is not larger than the last one:
     *     a nonce used twice would give the plaintext away
     */
    void seal(long counter, byte[] associatedData, ByteBuffer plaintext, ByteBuffer ciphertext);

    /**
     * Decrypts what remains of {@code ciphertext} into {@code plaintext}.
     *
     * @throws WireException if it is shorter than a tag or does not authenticate
     */
    void open(long counter, byte[] associatedData, ByteBuffer ciphertext, ByteBuffer plaintext)
        throws WireException;
  }
}
