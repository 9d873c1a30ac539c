package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** An Ed25519 private key, the kind that our peers have. It never shows its secret in a string. */
@SuppressWarnings("DoNotCallSuggester")
public final class PrivateKey {
  private PrivateKey() {}

  /** A fresh key. */
  public static PrivateKey generate(Crypto crypto, Entropy entropy) {
    throw new UnsupportedOperationException("skeleton");
  }

  /** Decodes the protobuf form: 64 bytes seed‖public, or 96 with the public half twice. */
  public static PrivateKey decode(Crypto crypto, Bytes protobuf) throws WireException {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The protobuf form. */
  public Bytes encode() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The public half. */
  public PublicKey publicKey() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The 64-byte signature of {@code message}. */
  public byte[] sign(Crypto crypto, byte[] message) {
    throw new UnsupportedOperationException("skeleton");
  }
}
