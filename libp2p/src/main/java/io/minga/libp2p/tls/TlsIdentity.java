package io.minga.libp2p.tls;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Our side's certificate and its private key: a fresh P-256 key, self-signed, vouched for by the
 * host key in the libp2p extension. One serves for all connections of a process. It never shows its
 * secret in a string.
 *
 * <p>The key is of P-256 and not of Ed25519, as the host key is, because that is what every TLS
 * library of our peers can verify.
 */
public final class TlsIdentity {
  /** How long before its making a certificate is valid: peers' clocks may be late. */
  static final Duration VALID_BEFORE = Duration.ofHours(1);

  /** How long after its making a certificate is valid. */
  static final Duration VALID_AFTER = Duration.ofDays(100L * 365);

  private static final ECNamedDomainParameters P256 =
      new ECNamedDomainParameters(
          SECObjectIdentifiers.secp256r1,
          CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1));

  private static final ASN1ObjectIdentifier LIBP2P_EXTENSION =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.53594.1.1");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  /** From this year on, X.509 writes the year with four digits (RFC 5280, section 4.1.2.5). */
  private static final int LONG_YEAR_FROM = 2050;

  private static final int SCALAR_TRIES_MAX = 64;

  private final Bytes certificate;
  private final Bytes privateKey;

  private TlsIdentity(Bytes certificate, Bytes privateKey) {
    this.certificate = certificate;
    this.privateKey = privateKey;
  }

  /**
   * Makes a key and its certificate. The same entropy and time make the same certificate.
   *
   * @param wallTimeMillis now, in milliseconds since 1970
   */
  public static TlsIdentity generate(
      Crypto crypto, Entropy entropy, PrivateKey hostKey, long wallTimeMillis) {
    BigInteger scalar = scalar(entropy);
    ECPrivateKeyParameters key = new ECPrivateKeyParameters(scalar, P256);
    ECPublicKeyParameters publicKey =
        new ECPublicKeyParameters(
            new FixedPointCombMultiplier().multiply(P256.getG(), scalar), P256);
    X500Name name = new X500Name("SERIALNUMBER=" + positive(entropy, 8));
    Instant now = Instant.ofEpochMilli(wallTimeMillis);
    try {
      SubjectPublicKeyInfo info = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey);
      byte[] signature =
          hostKey.sign(
              crypto, PeerCertificate.handshakeMessage(Bytes.copyOf(info.getEncoded("DER"))));
      DERSequence signedKey =
          new DERSequence(
              new DEROctetString[] {
                new DEROctetString(hostKey.publicKey().encode().toByteArray()),
                new DEROctetString(signature)
              });
      byte[] certificate =
          new X509v3CertificateBuilder(
                  name,
                  positive(entropy, 16),
                  time(now.minus(VALID_BEFORE)),
                  time(now.plus(VALID_AFTER)),
                  name,
                  info)
              // Not critical: some TLS libraries refuse what is critical and unknown to them.
              .addExtension(LIBP2P_EXTENSION, false, signedKey)
              .build(new EcdsaContentSigner(key))
              .getEncoded();
      byte[] privateKey = PrivateKeyInfoFactory.createPrivateKeyInfo(key).getEncoded("DER");
      return new TlsIdentity(Bytes.copyOf(certificate), Bytes.copyOf(privateKey));
    } catch (IOException e) {
      throw new UncheckedIOException("certificate could not be encoded", e);
    }
  }

  /** The certificate in DER. */
  public Bytes certificate() {
    return certificate;
  }

  /** The certificate's private key in PKCS #8: a secret. */
  public byte[] privateKey() {
    return privateKey.toByteArray();
  }

  @Override
  public String toString() {
    return "TlsIdentity[certificate of " + certificate.length() + " bytes]";
  }

  /** A private key of P-256: uniform in [1, n), by rejection. */
  private static BigInteger scalar(Entropy entropy) {
    for (int i = 0; i < SCALAR_TRIES_MAX; i++) {
      BigInteger candidate = new BigInteger(1, entropy.next(32));
      if (candidate.signum() > 0 && candidate.compareTo(P256.getN()) < 0) {
        return candidate;
      }
    }
    throw new IllegalStateException("entropy gave no P-256 key in " + SCALAR_TRIES_MAX + " tries");
  }

  private static BigInteger positive(Entropy entropy, int length) {
    return new BigInteger(1, entropy.next(length)).max(BigInteger.ONE);
  }

  private static Time time(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    String text = TIME.format(time);
    return time.getYear() < LONG_YEAR_FROM
        ? new Time(new DERUTCTime(text.substring(2)))
        : new Time(new DERGeneralizedTime(text));
  }
}
