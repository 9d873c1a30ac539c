package io.minga.libp2p;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.WireException;

/** Signs something else than it is asked to; all else is right. */
final class ForgedSignatures implements Crypto {
  private final Crypto honest = RawPeer.CRYPTO;

  @Override
  public String name() {
    return "forged";
  }

  @Override
  public byte[] ed25519PublicKey(byte[] seed) {
    return honest.ed25519PublicKey(seed);
  }

  @Override
  public byte[] ed25519Sign(byte[] seed, byte[] message) {
    return honest.ed25519Sign(seed, new byte[message.length]);
  }

  @Override
  public boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature) {
    return honest.ed25519Verify(publicKey, message, signature);
  }

  @Override
  public boolean ecdsaP256Verify(byte[] publicKey, byte[] message, byte[] signature) {
    return honest.ecdsaP256Verify(publicKey, message, signature);
  }

  @Override
  public byte[] x25519PublicKey(byte[] scalar) {
    return honest.x25519PublicKey(scalar);
  }

  @Override
  public byte[] x25519(byte[] scalar, byte[] publicKey) throws WireException {
    return honest.x25519(scalar, publicKey);
  }

  @Override
  public Aead chaCha20Poly1305(byte[] key) {
    return honest.chaCha20Poly1305(key);
  }
}
