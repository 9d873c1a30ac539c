package io.minga.libp2p.identity;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;

/** An RSA public key of 2048 to 8192 bits, in its SubjectPublicKeyInfo (RFC 8017). */
record RsaKey(BigInteger modulus, BigInteger exponent) {
  static final int MODULUS_BITS_MIN = 2048;
  static final int MODULUS_BITS_MAX = 8192;

  /** What go accepts; a larger one would only buy the verifier work. */
  static final int EXPONENT_BITS_MAX = 31;

  /** The object identifier of rsaEncryption and its parameter, NULL. */
  private static final Bytes ALGORITHM = Bytes.fromHex("06092a864886f70d0101010500");

  static RsaKey decode(Bytes subjectPublicKeyInfo) throws WireException {
    Der outer = new Der(subjectPublicKeyInfo.asReadOnlyBuffer());
    Der info = outer.sequence();
    outer.end();
    if (!info.element(Der.SEQUENCE).equals(ALGORITHM.asReadOnlyBuffer())) {
      throw new WireException("RSA public key has an algorithm other than rsaEncryption");
    }
    ByteBuffer bits = info.element(Der.BIT_STRING);
    info.end();
    if (!bits.hasRemaining() || bits.get() != 0) {
      throw new WireException("RSA public key's bit string should end on a byte");
    }
    Der wrapped = new Der(bits);
    Der key = wrapped.sequence();
    wrapped.end();
    BigInteger modulus = key.unsigned();
    BigInteger exponent = key.unsigned();
    key.end();
    int length = modulus.bitLength();
    if (length < MODULUS_BITS_MIN || length > MODULUS_BITS_MAX) {
      throw new WireException(
          "RSA public key has "
              + length
              + " bits, should have "
              + MODULUS_BITS_MIN
              + " to "
              + MODULUS_BITS_MAX);
    }
    if (exponent.bitLength() < 2 || exponent.bitLength() > EXPONENT_BITS_MAX) {
      throw new WireException(
          "RSA public exponent has "
              + exponent.bitLength()
              + " bits, should have 2 to "
              + EXPONENT_BITS_MAX);
    }
    if (!modulus.testBit(0) || !exponent.testBit(0)) {
      throw new WireException("RSA modulus or exponent is even, both should be odd");
    }
    return new RsaKey(modulus, exponent);
  }

  /** RSASSA-PKCS1-v1_5 over SHA-256. */
  boolean verify(byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(
          KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (InvalidKeySpecException | InvalidKeyException | SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this JVM", e);
    }
  }
}
