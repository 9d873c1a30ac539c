package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/**
 * A peer's public key: its type and the data as libp2p encodes it (libp2p peer-ids, Keys). The
 * data's form and length are right; that of a key other than Ed25519 may still be no point of its
 * curve, and then verifies nothing.
 *
 * @param data RSA: SubjectPublicKeyInfo, 2048 to 8192 bits; Ed25519: 32 bytes; secp256k1: a
 *     compressed point of 33 bytes; ECDSA: SubjectPublicKeyInfo of P-256, P-384 or P-521
 */
public record PublicKey(KeyType type, Bytes data) {
  /** The longest key there is, RSA of 8192 bits in its protobuf form, in bytes. */
  public static final int ENCODED_BYTES_MAX = 1080;

  private static final int ED25519_LENGTH = 32;

  /** The four kinds of key. */
  public enum KeyType {
    RSA(0),
    ED25519(1),
    SECP256K1(2),
    ECDSA(3);

    private final int number;

    KeyType(int number) {
      this.number = number;
    }

    /** The number on the wire. */
    int number() {
      return number;
    }
  }

  /**
   * A key of that type.
   *
   * @throws IllegalArgumentException if {@code data} is no such key
   */
  public PublicKey {
    try {
      check(type, data);
    } catch (WireException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Decodes the protobuf form; strict about order, duplicates and trailing bytes. */
  public static PublicKey decode(Bytes protobuf) throws WireException {
    if (protobuf.length() > ENCODED_BYTES_MAX) {
      throw new WireException(
          "public key has " + protobuf.length() + " bytes, may have " + ENCODED_BYTES_MAX);
    }
    KeyProtobuf message = KeyProtobuf.decode("public key", protobuf);
    check(message.type(), message.data());
    return new PublicKey(message.type(), message.data());
  }

  /** The protobuf form, the only one that peers hash and sign over. */
  public Bytes encode() {
    return new KeyProtobuf(type, data).encode();
  }

  /**
   * Whether {@code signature} is that of {@code message} by this key's private half: Ed25519 (RFC
   * 8032), RSASSA-PKCS1-v1_5 over SHA-256, or ECDSA over SHA-256 in DER. False for whatever is
   * malformed.
   */
  public boolean verify(Crypto crypto, byte[] message, byte[] signature) {
    try {
      return switch (type) {
        case ED25519 -> crypto.ed25519Verify(data.toByteArray(), message, signature);
        case RSA -> RsaKey.decode(data).verify(message, signature);
        case SECP256K1 -> EcKey.decodeSecp256k1(data).verify(message, signature);
        case ECDSA -> EcKey.decode(data).verify(message, signature);
      };
    } catch (WireException e) {
      throw new IllegalStateException("a checked key does not decode", e);
    }
  }

  private static void check(KeyType type, Bytes data) throws WireException {
    switch (type) {
      case RSA -> RsaKey.decode(data);
      case SECP256K1 -> EcKey.decodeSecp256k1(data);
      case ECDSA -> EcKey.decode(data);
      case ED25519 -> {
        if (data.length() != ED25519_LENGTH) {
          throw new WireException(
              "Ed25519 public key has " + data.length() + " bytes, should have " + ED25519_LENGTH);
        }
      }
    }
  }
}
