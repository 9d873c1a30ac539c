package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.DerReader.INTEGER;
import static io.minga.libp2p.tls.DerReader.NULL;
import static io.minga.libp2p.tls.DerReader.OBJECT_IDENTIFIER;
import static io.minga.libp2p.tls.DerReader.SEQUENCE;
import static io.minga.libp2p.tls.DerReader.field;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Verifies that a certificate is signed by the key it carries: ECDSA on P-256 and P-384, RSA of
 * 2048 to 8192 bits with PKCS #1 v1.5 or PSS, Ed25519; hashes of SHA-2 with at least 256 bits.
 */
final class SelfSignature {
  /** The shortest RSA modulus, in bits. */
  static final int RSA_BITS_MIN = 2048;

  /** The longest RSA modulus, in bits: the time of a verification grows with its square. */
  static final int RSA_BITS_MAX = 8192;

  /** The longest RSA exponent, in bits: the time of a verification grows with it. */
  static final int RSA_EXPONENT_BITS_MAX = 33;

  private static final Bytes ED25519 = Bytes.fromHex("2b6570");
  private static final Bytes EC_KEY = Bytes.fromHex("2a8648ce3d0201");
  private static final Bytes P256 = Bytes.fromHex("2a8648ce3d030107");
  private static final Bytes P384 = Bytes.fromHex("2b81040022");
  private static final Bytes RSA_KEY = Bytes.fromHex("2a864886f70d010101");
  private static final Bytes PSS = Bytes.fromHex("2a864886f70d01010a");
  private static final Bytes MGF1 = Bytes.fromHex("2a864886f70d010108");
  private static final Bytes SHA256 = Bytes.fromHex("608648016503040201");
  private static final Bytes SHA384 = Bytes.fromHex("608648016503040202");
  private static final Bytes SHA512 = Bytes.fromHex("608648016503040203");
  private static final Bytes ECDSA_SHA256 = Bytes.fromHex("2a8648ce3d040302");
  private static final Bytes ECDSA_SHA384 = Bytes.fromHex("2a8648ce3d040303");
  private static final Bytes ECDSA_SHA512 = Bytes.fromHex("2a8648ce3d040304");
  private static final Bytes RSA_SHA256 = Bytes.fromHex("2a864886f70d01010b");
  private static final Bytes RSA_SHA384 = Bytes.fromHex("2a864886f70d01010c");
  private static final Bytes RSA_SHA512 = Bytes.fromHex("2a864886f70d01010d");

  /** How the encoding of a point begins that has both coordinates (SEC 1). */
  private static final byte UNCOMPRESSED = 4;

  private final Crypto crypto;
  private final X509 certificate;

  private SelfSignature(Crypto crypto, X509 certificate) {
    this.crypto = crypto;
    this.certificate = certificate;
  }

  static void verify(Crypto crypto, X509 certificate) throws WireException {
    if (!new SelfSignature(crypto, certificate).isValid()) {
      throw new WireException("certificate is not signed by the key that it carries");
    }
  }

  private boolean isValid() throws WireException {
    DerReader info =
        new DerReader(certificate.subjectPublicKeyInfo().toByteArray())
            .enter(SEQUENCE, "subjectPublicKeyInfo");
    DerReader algorithm = info.enter(SEQUENCE, "key algorithm");
    byte[] key = info.bitString("subjectPublicKey");
    info.end("subjectPublicKeyInfo");
    Bytes kind = Bytes.copyOf(algorithm.content(OBJECT_IDENTIFIER, "key algorithm"));
    if (kind.equals(EC_KEY)) {
      Bytes curve = Bytes.copyOf(algorithm.content(OBJECT_IDENTIFIER, "named curve"));
      algorithm.end("key algorithm");
      return isEcdsaValid(curve, key);
    }
    if (kind.equals(ED25519)) {
      algorithm.end("key algorithm");
      return isEd25519Valid(key);
    }
    if (kind.equals(RSA_KEY)) {
      endOrNull(algorithm, "key algorithm");
      return isRsaValid(key, false);
    }
    if (kind.equals(PSS)) {
      // Restrictions on the key's use would have to be matched with the signature; a key without
      // them is all that is seen.
      algorithm.end("key algorithm");
      return isRsaValid(key, true);
    }
    throw new WireException(
        "certificate key is neither ECDSA (P-256, P-384) nor Ed25519 nor RSA but of kind "
            + kind
            + " (object identifier in hex)");
  }

  private boolean isEcdsaValid(Bytes curve, byte[] key) throws WireException {
    ASN1ObjectIdentifier name;
    if (curve.equals(P256)) {
      name = SECObjectIdentifiers.secp256r1;
    } else if (curve.equals(P384)) {
      name = SECObjectIdentifiers.secp384r1;
    } else {
      throw new WireException(
          "certificate key is on the curve "
              + curve
              + " (object identifier in hex); P-256 and P-384 are understood");
    }
    DerReader algorithm = algorithm();
    Bytes id = algorithmId(algorithm);
    Digest digest = ecdsaDigest(id);
    algorithm.end("signature algorithm");

    X9ECParameters parameters = CustomNamedCurves.getByOID(name);
    ECPoint point = point(parameters, key);
    DerReader signature = new DerReader(certificate.signature().toByteArray());
    DerReader pair = signature.enter(SEQUENCE, "ECDSA signature");
    signature.end("ECDSA signature");
    BigInteger r = pair.unsignedInteger("ECDSA signature, r");
    BigInteger s = pair.unsignedInteger("ECDSA signature, s");
    pair.end("ECDSA signature");
    if (curve.equals(P256) && id.equals(ECDSA_SHA256) && key[0] == UNCOMPRESSED) {
      // What nearly all peers have, and in native code a third of the time.
      return crypto.ecdsaP256Verify(
          key, certificate.signed().toByteArray(), certificate.signature().toByteArray());
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(
        false,
        new ECPublicKeyParameters(
            point,
            new ECDomainParameters(
                parameters.getCurve(), parameters.getG(), parameters.getN(), parameters.getH())));
    return verifier.verifySignature(hash(digest), r, s);
  }

  private static ECPoint point(X9ECParameters parameters, byte[] key) throws WireException {
    try {
      return parameters.getCurve().decodePoint(key);
    } catch (IllegalArgumentException e) {
      throw new WireException("certificate key is not a point of its curve");
    }
  }

  private boolean isEd25519Valid(byte[] key) throws WireException {
    DerReader algorithm = algorithm();
    Bytes id = algorithmId(algorithm);
    if (!id.equals(ED25519)) {
      throw mismatch("Ed25519", id);
    }
    algorithm.end("signature algorithm");
    if (key.length != 32) {
      throw new WireException("certificate key is of " + key.length + " bytes; Ed25519 has 32");
    }
    byte[] signature = certificate.signature().toByteArray();
    if (signature.length != 64) {
      throw new WireException(
          "certificate signature is of " + signature.length + " bytes; Ed25519 has 64");
    }
    return crypto.ed25519Verify(key, certificate.signed().toByteArray(), signature);
  }

  private boolean isRsaValid(byte[] key, boolean pssAlone) throws WireException {
    RSAKeyParameters parameters = rsaKey(key);
    DerReader algorithm = algorithm();
    Bytes id = algorithmId(algorithm);
    Signer verifier;
    if (id.equals(PSS)) {
      verifier = pssVerifier(algorithm.enter(SEQUENCE, "PSS parameters"));
      algorithm.end("signature algorithm");
    } else if (pssAlone) {
      throw mismatch("RSASSA-PSS", id);
    } else {
      verifier = new RSADigestSigner(rsaDigest(id));
      endOrNull(algorithm, "signature algorithm");
    }
    verifier.init(false, parameters);
    byte[] signed = certificate.signed().toByteArray();
    verifier.update(signed, 0, signed.length);
    return verifier.verifySignature(certificate.signature().toByteArray());
  }

  private static RSAKeyParameters rsaKey(byte[] key) throws WireException {
    DerReader encoded = new DerReader(key);
    DerReader pair = encoded.enter(SEQUENCE, "RSA key");
    encoded.end("RSA key");
    BigInteger modulus = pair.unsignedInteger("RSA modulus");
    BigInteger exponent = pair.unsignedInteger("RSA exponent");
    pair.end("RSA key");
    if (modulus.bitLength() < RSA_BITS_MIN || modulus.bitLength() > RSA_BITS_MAX) {
      throw new WireException(
          "RSA modulus is of %d bits; %d to %d are allowed"
              .formatted(modulus.bitLength(), RSA_BITS_MIN, RSA_BITS_MAX));
    }
    if (!modulus.testBit(0)) {
      throw new WireException("RSA modulus is even");
    }
    if (exponent.bitLength() < 2
        || exponent.bitLength() > RSA_EXPONENT_BITS_MAX
        || !exponent.testBit(0)) {
      throw new WireException(
          "RSA exponent is not an odd number from 3 up to " + RSA_EXPONENT_BITS_MAX + " bits");
    }
    // The last argument spares the library's primality tests: the peer chose the key for itself.
    return new RSAKeyParameters(false, modulus, exponent, true);
  }

  private static Signer pssVerifier(DerReader parameters) throws WireException {
    DerReader hashField = parameters.enter(field(0), "PSS hash");
    DerReader hash = hashField.enter(SEQUENCE, "PSS hash");
    hashField.end("PSS hash");
    Bytes hashId = Bytes.copyOf(hash.content(OBJECT_IDENTIFIER, "PSS hash"));
    endOrNull(hash, "PSS hash");

    DerReader maskField = parameters.enter(field(1), "PSS mask generation");
    DerReader mask = maskField.enter(SEQUENCE, "PSS mask generation");
    maskField.end("PSS mask generation");
    Bytes maskId = Bytes.copyOf(mask.content(OBJECT_IDENTIFIER, "PSS mask generation"));
    DerReader maskHash = mask.enter(SEQUENCE, "PSS mask generation, hash");
    mask.end("PSS mask generation");
    Bytes maskHashId =
        Bytes.copyOf(maskHash.content(OBJECT_IDENTIFIER, "PSS mask generation, hash"));
    endOrNull(maskHash, "PSS mask generation, hash");

    DerReader saltField = parameters.enter(field(2), "PSS salt length");
    byte[] saltLength = saltField.content(INTEGER, "PSS salt length");
    saltField.end("PSS salt length");
    parameters.end("PSS parameters");

    Digest digest = pssDigest(hashId);
    if (!maskId.equals(MGF1) || !maskHashId.equals(hashId)) {
      throw new WireException("PSS mask generation is not MGF1 with the hash of the signature");
    }
    if (saltLength.length != 1 || saltLength[0] != digest.getDigestSize()) {
      throw new WireException(
          "PSS salt length is not that of the hash, " + digest.getDigestSize() + " bytes");
    }
    return new PSSSigner(new RSABlindedEngine(), digest, digest.getDigestSize());
  }

  private DerReader algorithm() throws WireException {
    return new DerReader(certificate.signatureAlgorithm().toByteArray())
        .enter(SEQUENCE, "signature algorithm");
  }

  private static Bytes algorithmId(DerReader algorithm) throws WireException {
    return Bytes.copyOf(algorithm.content(OBJECT_IDENTIFIER, "signature algorithm"));
  }

  /** RSA's parameters are to be NULL, and readers have to take their absence too (RFC 4055). */
  private static void endOrNull(DerReader algorithm, String name) throws WireException {
    if (algorithm.isNext(NULL)) {
      algorithm.enter(NULL, name + ", parameters").end(name + ", parameters");
    }
    algorithm.end(name);
  }

  private byte[] hash(Digest digest) {
    byte[] signed = certificate.signed().toByteArray();
    digest.update(signed, 0, signed.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  private static Digest ecdsaDigest(Bytes id) throws WireException {
    return digest("ECDSA", id, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512);
  }

  private static Digest rsaDigest(Bytes id) throws WireException {
    return digest("RSA", id, RSA_SHA256, RSA_SHA384, RSA_SHA512);
  }

  private static Digest pssDigest(Bytes id) throws WireException {
    return digest("RSASSA-PSS", id, SHA256, SHA384, SHA512);
  }

  private static Digest digest(String key, Bytes id, Bytes sha256, Bytes sha384, Bytes sha512)
      throws WireException {
    if (id.equals(sha256)) {
      return new SHA256Digest();
    }
    if (id.equals(sha384)) {
      return new SHA384Digest();
    }
    if (id.equals(sha512)) {
      return new SHA512Digest();
    }
    throw mismatch(key + " with SHA-256, SHA-384 or SHA-512", id);
  }

  private static WireException mismatch(String expected, Bytes id) {
    return new WireException(
        "certificate is signed with the algorithm "
            + id
            + " (object identifier in hex); its key needs "
            + expected);
  }
}
