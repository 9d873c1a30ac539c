package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** A peer's public key: its type and the data as libp2p encodes it (libp2p peer-ids, Keys). */
@SuppressWarnings("DoNotCallSuggester")
public record PublicKey(KeyType type, Bytes data) {
  /** The four kinds of key, with their numbers on the wire. */
  public enum KeyType {
    RSA,
    ED25519,
    SECP256K1,
    ECDSA
  }

  /** Decodes the protobuf form; strict about order, duplicates and trailing bytes. */
  public static PublicKey decode(Bytes protobuf) throws WireException {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The protobuf form, the only one that peers hash and sign over. */
  public Bytes encode() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** Whether {@code signature} is that of {@code message} by this key's private half. */
  public boolean verify(Crypto crypto, byte[] message, byte[] signature) {
    throw new UnsupportedOperationException("skeleton");
  }
}
