package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An Ed25519 private key, the kind that our peers have. It never shows its secret in a string. */
public final class PrivateKey {
  private static final int SEED_LENGTH = 32;
  private static final int KEY_LENGTH = 2 * SEED_LENGTH;

  /** An older form, which has the public half twice. */
  private static final int KEY_LENGTH_OLD = 3 * SEED_LENGTH;

  private final byte[] seed;
  private final PublicKey publicKey;

  private PrivateKey(Crypto crypto, byte[] seed) {
    this.seed = seed;
    this.publicKey = new PublicKey(KeyType.ED25519, Bytes.copyOf(crypto.ed25519PublicKey(seed)));
  }

  /** A fresh key. */
  public static PrivateKey generate(Crypto crypto, Entropy entropy) {
    return new PrivateKey(crypto, entropy.next(SEED_LENGTH));
  }

  /**
   * Decodes the protobuf form: 64 bytes seed‖public, or 96 with the public half twice.
   *
   * @throws WireException if it is malformed, of another type than Ed25519, or if its halves do not
   *     belong together
   */
  public static PrivateKey decode(Crypto crypto, Bytes protobuf) throws WireException {
    KeyProtobuf message = KeyProtobuf.decode("private key", protobuf);
    if (message.type() != KeyType.ED25519) {
      throw new WireException("private key is of type " + message.type() + ", should be ED25519");
    }
    byte[] data = message.data().toByteArray();
    if (data.length != KEY_LENGTH && data.length != KEY_LENGTH_OLD) {
      throw new WireException(
          "Ed25519 private key has "
              + data.length
              + " bytes, should have "
              + KEY_LENGTH
              + " or "
              + KEY_LENGTH_OLD);
    }
    PrivateKey key = new PrivateKey(crypto, Arrays.copyOf(data, SEED_LENGTH));
    byte[] publicHalf = key.publicKey.data().toByteArray();
    for (int at = SEED_LENGTH; at < data.length; at += SEED_LENGTH) {
      if (!Arrays.equals(data, at, at + SEED_LENGTH, publicHalf, 0, SEED_LENGTH)) {
        throw new WireException("Ed25519 private key's public half is not that of its seed");
      }
    }
    return key;
  }

  /** The protobuf form, in 64 bytes of data: the secret itself, for a key file. */
  public Bytes encode() {
    return new KeyProtobuf(KeyType.ED25519, Bytes.copyOf(seed).concat(publicKey.data())).encode();
  }

  /** The public half. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** The 64-byte signature of {@code message}. */
  public byte[] sign(Crypto crypto, byte[] message) {
    return crypto.ed25519Sign(seed, message);
  }

  /** Who signs with this key again and again, which takes less time each. */
  public Crypto.Signer signer(Crypto crypto) {
    return crypto.ed25519Signer(seed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PrivateKey that && MessageDigest.isEqual(seed, that.seed);
  }

  @Override
  public int hashCode() {
    return publicKey.hashCode();
  }

  @Override
  public String toString() {
    return "PrivateKey[of " + PeerId.of(publicKey) + "]";
  }
}
