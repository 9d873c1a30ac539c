package io.minga.libp2p.identity;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A public key for ECDSA: a named curve and a point in its SEC 1 encoding. Whether the point lies
 * on the curve is seen when it is used; one that doesn't verifies nothing.
 */
record EcKey(Curve curve, Bytes point) {
  /** The curves that peers use. Keys that bring parameters of their own are refused. */
  enum Curve {
    SECP256K1("secp256k1", ""),
    P256("P-256", "3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
    P384("P-384", "3076301006072a8648ce3d020106052b8104002203620004"),
    P521("P-521", "30819b301006072a8648ce3d020106052b810400230381860004");

    private final String name;

    /** All of a SubjectPublicKeyInfo (RFC 5480) up to the point's coordinates, in hex. */
    private final String prefix;

    Curve(String name, String prefix) {
      this.name = name;
      this.prefix = prefix;
    }

    private int coordinatesLength() {
      return 2 * ((parameters().getCurve().getFieldSize() + 7) / 8);
    }

    private X9ECParameters parameters() {
      return CustomNamedCurves.getByName(name);
    }
  }

  private static final int SECP256K1_LENGTH = 33;

  /** A key on one of the curves of NIST, in its SubjectPublicKeyInfo. */
  static EcKey decode(Bytes info) throws WireException {
    for (Curve curve : Curve.values()) {
      int prefix = curve.prefix.length() / 2;
      if (prefix > 0
          && info.length() == prefix + curve.coordinatesLength()
          && info.toHex().startsWith(curve.prefix)) {
        return new EcKey(curve, info.slice(prefix - 1, info.length()));
      }
    }
    throw new WireException(
        "ECDSA public key of "
            + info.length()
            + " bytes is not an uncompressed point on P-256, P-384 or P-521 in DER");
  }

  /** A key on secp256k1, a compressed point. */
  static EcKey decodeSecp256k1(Bytes point) throws WireException {
    if (point.length() != SECP256K1_LENGTH || (point.at(0) != 2 && point.at(0) != 3)) {
      throw new WireException(
          "secp256k1 public key of "
              + point.length()
              + " bytes is not a compressed point of "
              + SECP256K1_LENGTH);
    }
    return new EcKey(Curve.SECP256K1, point);
  }

  /** ECDSA over SHA-256, the signature in DER. */
  boolean verify(byte[] message, byte[] signature) {
    X9ECParameters parameters = curve.parameters();
    try {
      Der outer = new Der(ByteBuffer.wrap(signature));
      Der values = outer.sequence();
      outer.end();
      BigInteger r = values.unsigned();
      BigInteger s = values.unsigned();
      values.end();
      ECPoint decoded = parameters.getCurve().decodePoint(point.toByteArray());
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, new ECPublicKeyParameters(decoded, new ECDomainParameters(parameters)));
      return verifier.verifySignature(MessageDigest.getInstance("SHA-256").digest(message), r, s);
    } catch (WireException | IllegalArgumentException e) {
      // The signature is not DER, or the key no point of the curve.
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256 in this JVM", e);
    }
  }
}
