package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;

/** An attacker's crypto: claims that the public key of one scalar is zero, a low-order point. */
final class ZeroPublicKeyCrypto implements Crypto {
  private final Crypto honest;
  private final byte[] scalar;

  ZeroPublicKeyCrypto(Crypto honest, byte[] scalar) {
    this.honest = honest;
    this.scalar = scalar;
  }

  @Override
  public String name() {
    return "zero public key";
  }

  @Override
  public byte[] ed25519PublicKey(byte[] seed) {
    return honest.ed25519PublicKey(seed);
  }

  @Override
  public byte[] ed25519Sign(byte[] seed, byte[] message) {
    return honest.ed25519Sign(seed, message);
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
  public byte[] x25519PublicKey(byte[] ofScalar) {
    return Arrays.equals(scalar, ofScalar) ? new byte[32] : honest.x25519PublicKey(ofScalar);
  }

  @Override
  public byte[] x25519(byte[] ofScalar, byte[] publicKey) throws WireException {
    return honest.x25519(ofScalar, publicKey);
  }

  @Override
  public Aead chaCha20Poly1305(byte[] key) {
    return honest.chaCha20Poly1305(key);
  }
}
