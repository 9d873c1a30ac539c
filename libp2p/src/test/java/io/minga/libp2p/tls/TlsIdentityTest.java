package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.CertificateForge.CRYPTO;
import static io.minga.libp2p.tls.CertificateForge.NOW_MILLIS;
import static io.minga.libp2p.tls.CertificateForge.entropy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.identity.PrivateKey;
import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.junit.jupiter.api.Test;

class TlsIdentityTest {
  private static final PrivateKey HOST_KEY = PrivateKey.generate(CRYPTO, entropy(1));

  private static TlsIdentity generate(long seed) {
    return TlsIdentity.generate(CRYPTO, entropy(seed), HOST_KEY, NOW_MILLIS);
  }

  private static X509Certificate parse(TlsIdentity identity) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(identity.certificate().toByteArray()));
  }

  @Test
  void certificate_livesFromAnHourAgoForAHundredYears() throws Exception {
    X509Certificate certificate = parse(generate(2));

    assertThat(certificate.getNotBefore().toInstant().toEpochMilli())
        .isEqualTo(NOW_MILLIS - TlsIdentity.VALID_BEFORE.toMillis());
    assertThat(certificate.getNotAfter().toInstant().toEpochMilli())
        .isEqualTo(NOW_MILLIS + TlsIdentity.VALID_AFTER.toMillis());
  }

  @Test
  void certificate_isWhatEveryPeerTakes() throws Exception {
    X509Certificate certificate = parse(generate(2));

    certificate.verify(certificate.getPublicKey());
    assertThat(((ECPublicKey) certificate.getPublicKey()).getParams().getOrder().bitLength())
        .isEqualTo(256);
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber().signum()).isPositive();
    assertThat(certificate.getSerialNumber().bitLength()).isLessThan(160);
    assertThat(certificate.getSubjectX500Principal())
        .isEqualTo(certificate.getIssuerX500Principal());
    assertThat(certificate.getSubjectX500Principal().getName()).isNotEmpty();
    assertThat(certificate.getCriticalExtensionOIDs()).isEmpty();
    assertThat(certificate.getNonCriticalExtensionOIDs()).containsExactly("1.3.6.1.4.1.53594.1.1");
    assertThat(certificate.getSubjectUniqueID()).isNull();
    assertThat(certificate.getIssuerUniqueID()).isNull();
  }

  @Test
  void privateKey_isThatOfTheCertificate() throws Exception {
    TlsIdentity identity = generate(2);
    byte[] message = {1, 2, 3};
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(identity.privateKey())));
    signer.update(message);
    byte[] signature = signer.sign();

    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(parse(identity).getPublicKey());
    verifier.update(message);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @Test
  void entropyAlone_decidesKeyAndSerial() throws Exception {
    assertThat(generate(2).certificate()).isEqualTo(generate(2).certificate());
    assertThat(generate(3).certificate()).isNotEqualTo(generate(2).certificate());
    assertThat(generate(3).privateKey()).isNotEqualTo(generate(2).privateKey());
    assertThat(parse(generate(3)).getSerialNumber())
        .isNotEqualTo(parse(generate(2)).getSerialNumber());
  }

  @Test
  void text_showsNoSecret() {
    assertThat(generate(2).toString()).matches("TlsIdentity\\[certificate of \\d+ bytes]");
  }

  @Test
  void entropyThatGivesNoKey_isOurOwnError() {
    assertThatThrownBy(
            () -> TlsIdentity.generate(CRYPTO, length -> new byte[length], HOST_KEY, NOW_MILLIS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("entropy gave no P-256 key in 64 tries");
  }
}
