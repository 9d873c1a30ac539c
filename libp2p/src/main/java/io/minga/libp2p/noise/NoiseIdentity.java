package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import java.util.List;

/**
 * What a host shows of itself in every handshake: a static X25519 key, the identity key's signature
 * of it, and the muxers that the host knows, the preferred one first.
 *
 * <p>Make it once when the host starts and share it by all connections: the specification allows
 * one static key for all sessions, which saves a key and a signature a connection. It lives in
 * memory only, as the specification asks.
 */
public final class NoiseIdentity {
  private final X25519KeyPair staticKey;
  private final List<String> muxers;
  private final byte[] payload;

  NoiseIdentity(X25519KeyPair staticKey, HandshakePayload payload) {
    this.staticKey = staticKey;
    this.muxers = payload.muxers();
    this.payload = payload.encode().toByteArray();
  }

  /** A fresh static key, signed by {@code identity}. {@code muxers} may be empty. */
  public static NoiseIdentity create(
      Crypto crypto, Entropy entropy, PrivateKey identity, List<String> muxers) {
    X25519KeyPair staticKey = X25519KeyPair.generate(crypto, entropy);
    byte[] signature = identity.sign(crypto, HandshakePayload.signedMessage(staticKey.publicKey()));
    return new NoiseIdentity(
        staticKey,
        new HandshakePayload(identity.publicKey().encode(), Bytes.copyOf(signature), muxers));
  }

  X25519KeyPair staticKey() {
    return staticKey;
  }

  List<String> muxers() {
    return muxers;
  }

  /** The encoded payload itself, not a copy. */
  byte[] payload() {
    return payload;
  }
}
