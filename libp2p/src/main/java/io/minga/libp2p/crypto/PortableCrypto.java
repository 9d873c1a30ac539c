package io.minga.libp2p.crypto;

import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The provider that works wherever Java does: BouncyCastle's curves, which are ten times faster
 * than those of JDK 17, and the JDK's ChaCha20-Poly1305, which is faster than BouncyCastle's.
 */
final class PortableCrypto implements Crypto {
  private static final int KEY_LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;
  private static final int P256_KEY_LENGTH = 65;
  private static final byte UNCOMPRESSED = 4;

  @Override
  public String name() {
    return "BouncyCastle and the JDK";
  }

  @Override
  public byte[] ed25519PublicKey(byte[] seed) {
    requireLength(seed, KEY_LENGTH, "an Ed25519 seed");
    byte[] publicKey = new byte[KEY_LENGTH];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    return publicKey;
  }

  @Override
  public byte[] ed25519Sign(byte[] seed, byte[] message) {
    requireLength(seed, KEY_LENGTH, "an Ed25519 seed");
    byte[] signature = new byte[SIGNATURE_LENGTH];
    Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  @Override
  public boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature) {
    return publicKey.length == KEY_LENGTH
        && signature.length == SIGNATURE_LENGTH
        && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  @Override
  public boolean ecdsaP256Verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (!isP256Key(publicKey)) {
      return false;
    }
    X9ECParameters curve = CustomNamedCurves.getByName("P-256");
    try {
      BigInteger[] pair = StandardDSAEncoding.INSTANCE.decode(curve.getN(), signature);
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(
          false,
          new ECPublicKeyParameters(
              curve.getCurve().decodePoint(publicKey), new ECDomainParameters(curve)));
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(message);
      return verifier.verifySignature(hash, pair[0], pair[1]);
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      // The signature is not DER, or not of integers, or the key no point of the curve.
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public byte[] x25519PublicKey(byte[] scalar) {
    requireLength(scalar, KEY_LENGTH, "an X25519 scalar");
    byte[] publicKey = new byte[KEY_LENGTH];
    X25519.generatePublicKey(scalar, 0, publicKey, 0);
    return publicKey;
  }

  @Override
  public byte[] x25519(byte[] scalar, byte[] publicKey) throws WireException {
    requireLength(scalar, KEY_LENGTH, "an X25519 scalar");
    requireX25519Key(publicKey);
    byte[] secret = new byte[KEY_LENGTH];
    if (!X25519.calculateAgreement(scalar, 0, publicKey, 0, secret, 0)) {
      throw lowOrder();
    }
    return secret;
  }

  @Override
  public Aead chaCha20Poly1305(byte[] key) {
    return new JcaAead(null, JcaAead.Memory.ARRAY, key);
  }

  /** Whether {@code publicKey} has the form of an uncompressed point on P-256. */
  static boolean isP256Key(byte[] publicKey) {
    return publicKey.length == P256_KEY_LENGTH && publicKey[0] == UNCOMPRESSED;
  }

  static void requireLength(byte[] bytes, int length, String what) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(
          what + " has " + length + " bytes, this has " + bytes.length);
    }
  }

  static void requireX25519Key(byte[] publicKey) throws WireException {
    if (publicKey.length != KEY_LENGTH) {
      throw new WireException(
          "X25519 public key has " + publicKey.length + " bytes, should have " + KEY_LENGTH);
    }
  }

  static WireException lowOrder() {
    return new WireException(
        "X25519 public key is a point of low order, which makes the shared secret zero");
  }
}
