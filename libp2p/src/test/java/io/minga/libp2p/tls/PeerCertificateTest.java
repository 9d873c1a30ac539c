package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.CertificateForge.CRYPTO;
import static io.minga.libp2p.tls.CertificateForge.NOW_MILLIS;
import static io.minga.libp2p.tls.CertificateForge.der;
import static io.minga.libp2p.tls.CertificateForge.ec;
import static io.minga.libp2p.tls.CertificateForge.ed25519;
import static io.minga.libp2p.tls.CertificateForge.encodeSignedKey;
import static io.minga.libp2p.tls.CertificateForge.entropy;
import static io.minga.libp2p.tls.CertificateForge.rsa;
import static io.minga.libp2p.tls.CertificateForge.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerCertificateTest {
  private static PeerCertificate verify(byte[] der) throws WireException {
    return PeerCertificate.verify(CRYPTO, List.of(der), NOW_MILLIS);
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(CertificateForge forge) {
    return assertRefused(forge.build());
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(byte[] der) {
    return assertThatThrownBy(() -> verify(der)).isInstanceOf(WireException.class);
  }

  static Stream<Certificates.Vector> goodVectors() {
    return Certificates.all().stream().filter(vector -> !vector.peer().equals("-"));
  }

  @ParameterizedTest
  @MethodSource("goodVectors")
  void vectorOfAnotherImplementation_provesItsPeer(Certificates.Vector vector)
      throws WireException {
    PeerCertificate proven = verify(vector.der());

    assertThat(proven.peer().multihash()).isEqualTo(Certificates.multihash(vector.peer()));
    assertThat(PeerId.of(proven.publicKey())).isEqualTo(proven.peer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spec-invalid", "rust-invalid"})
  void vectorSignedByAnotherHostKey_isRefused(String name) {
    assertRefused(Certificates.der(name))
        .hasMessage(
            "libp2p extension, signature is not that of the certificate key by the host key");
  }

  static Stream<Certificates.Vector> selfSigned() {
    return Certificates.all().stream().filter(vector -> vector.name().endsWith("-self"));
  }

  @ParameterizedTest
  @MethodSource("selfSigned")
  void selfSignatureOfAnotherImplementation_isVerifiedWhereTheKindIsUnderstood(
      Certificates.Vector vector) throws WireException {
    X509 certificate = X509.parse(vector.der());

    if (vector.name().contains("ed448") || vector.name().contains("nistp521")) {
      assertThatThrownBy(() -> SelfSignature.verify(CRYPTO, certificate))
          .isInstanceOf(WireException.class)
          .hasMessageStartingWith("certificate key is ");
    } else {
      SelfSignature.verify(CRYPTO, certificate);
    }
  }

  @Test
  void ownCertificate_provesTheHostKey() throws WireException {
    PrivateKey hostKey = PrivateKey.generate(CRYPTO, entropy(3));
    TlsIdentity identity = TlsIdentity.generate(CRYPTO, entropy(4), hostKey, NOW_MILLIS);

    PeerCertificate proven = verify(identity.certificate().toByteArray());

    assertThat(proven.publicKey()).isEqualTo(hostKey.publicKey());
    assertThat(proven.peer()).isEqualTo(PeerId.of(hostKey.publicKey()));
  }

  @Test
  void noCertificate_isRefused() {
    assertThatThrownBy(() -> PeerCertificate.verify(CRYPTO, List.of(), NOW_MILLIS))
        .isInstanceOf(WireException.class)
        .hasMessage("peer presented 0 certificates; exactly one is right");
  }

  @Test
  void twoCertificates_areRefused() {
    byte[] der = Certificates.der("spec-ed25519");

    assertThatThrownBy(() -> PeerCertificate.verify(CRYPTO, List.of(der, der), NOW_MILLIS))
        .isInstanceOf(WireException.class)
        .hasMessage("peer presented 2 certificates; exactly one is right");
  }

  @Test
  void tooLongCertificate_isRefused() {
    assertRefused(
            new CertificateForge().extraExtension("1.2.3", false, new byte[16 * 1024]).build())
        .hasMessageEndingWith("bytes; 16384 are allowed");
  }

  @Test
  void certificate_isValidFromItsFirstInstantToItsLast() throws WireException {
    byte[] der = new CertificateForge().build();
    long first = Instant.parse("2029-01-01T00:00:00Z").toEpochMilli();
    long last = Instant.parse("2031-01-01T00:00:00Z").toEpochMilli();

    PeerCertificate.verify(CRYPTO, List.of(der), first);
    PeerCertificate.verify(CRYPTO, List.of(der), last);
    assertThatThrownBy(() -> PeerCertificate.verify(CRYPTO, List.of(der), first - 1))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "certificate is not valid before 2029-01-01T00:00:00Z,"
                + " and it is 2028-12-31T23:59:59.999Z");
    assertThatThrownBy(() -> PeerCertificate.verify(CRYPTO, List.of(der), last + 1))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "certificate expired on 2031-01-01T00:00:00Z, and it is 2031-01-01T00:00:00.001Z");
  }

  @Test
  void shortYears_areOfTheCenturyAround2000() throws WireException {
    verify(new CertificateForge().dates(time("500101000000Z"), time("491231235959Z")).build());
    assertRefused(new CertificateForge().dates(time("500101000000Z"), time("290101000000Z")))
        .hasMessageStartingWith("certificate expired on 2029-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "20290101000000Z, 20310101000000+0100, notAfter is not a time of the form",
    "20290101000000Z, 2031010100Z, notAfter is not a time of the form",
    "20290101000000.5Z, 20310101000000Z, notBefore is not a time of the form",
    "20290101000000Z, 20310230000000Z, notAfter is a time that no calendar has",
    "20291301000000Z, 20310101000000Z, notBefore is a time that no calendar has",
    "20290101000060Z, 20310101000000Z, notBefore is a time that no calendar has",
  })
  void malformedDate_isRefused(String from, String to, String reason) {
    assertRefused(new CertificateForge().dates(time(from), time(to)))
        .hasMessageStartingWith(reason);
  }

  @Test
  void dateOfAnotherType_isRefused() {
    assertRefused(new CertificateForge().dates(der(0x0c), time("20310101000000Z")))
        .hasMessage("notBefore has the ASN.1 tag 0x0c; 0x18 belongs there");
  }

  @Test
  void extension_mayBeCriticalOrNot() throws WireException {
    verify(new CertificateForge().critical(true).build());
    verify(new CertificateForge().critical(false).build());
  }

  @Test
  void missingExtension_isRefused() {
    assertRefused(new CertificateForge().withoutExtension())
        .hasMessage("certificate lacks the libp2p extension 1.3.6.1.4.1.53594.1.1");
  }

  @Test
  void extensionUnderAnotherId_isRefused() {
    assertRefused(new CertificateForge().extensionId("1.3.6.1.4.1.53594.1.2"))
        .hasMessageStartingWith("certificate lacks the libp2p extension");
  }

  @Test
  void extensionTwice_isRefused() {
    assertRefused(
            new CertificateForge()
                .extraExtension(
                    CertificateForge.LIBP2P, false, encodeSignedKey(new byte[36], new byte[64])))
        .hasMessage("certificate has the libp2p extension twice");
  }

  @Test
  void otherExtension_isIgnoredUnlessCritical() throws WireException {
    byte[] value = {4, 0};
    verify(new CertificateForge().extraExtension("1.2.3.4", false, value).build());
    assertRefused(new CertificateForge().extraExtension("1.2.3.4", true, value))
        .hasMessageStartingWith("certificate has the critical extension 2a0304");
  }

  /** py-libp2p marks both critical. */
  @ParameterizedTest
  @CsvSource({
    "551d13, 3000",
    "551d13, 30060101ff020100",
    "551d0f, 03020780",
    "551d0f, 03030780 80"
  })
  void constraintsAndUsageThatFit_areUnderstood(String id, String value) throws WireException {
    verify(withCritical(id, value));
  }

  @ParameterizedTest
  @CsvSource({
    "551d13, 0500, 'basic constraints has the ASN.1 tag 0x05; 0x30 belongs there'",
    "551d13, 30020500, 'basic constraints has 2 bytes more than what belongs there'",
    "551d13, 300000, 'basic constraints has 1 bytes more than what belongs there'",
    "551d0f, 03020640, 'certificate has a key usage without digitalSignature,"
        + " which TLS uses the key for'",
    "551d0f, 030100, 'certificate has a key usage without digitalSignature,"
        + " which TLS uses the key for'",
    "551d0f, 0302078000, 'key usage has 1 bytes more than what belongs there'",
    "551d0f, 040100, 'key usage has the ASN.1 tag 0x04; 0x03 belongs there'",
  })
  void constraintsOrUsageThatDoNotFit_areRefused(String id, String value, String reason) {
    assertRefused(withCritical(id, value)).hasMessage(reason);
  }

  private static byte[] withCritical(String id, String value) {
    String name = id.equals("551d13") ? "2.5.29.19" : "2.5.29.15";
    byte[] content = Bytes.fromHex(value.replace(" ", "")).toByteArray();
    return new CertificateForge().extraExtension(name, true, content).build();
  }

  @ParameterizedTest
  @CsvSource({
    "3003020100, 'libp2p extension, publicKey has the ASN.1 tag 0x02; 0x04 belongs there'",
    "3000, 'libp2p extension, publicKey is missing'",
    "30020400, 'libp2p extension, signature is missing'",
    "'', 'libp2p extension is missing'",
    "3080040004000000, 'libp2p extension has a length that is indefinite'",
    "308104040004 00, 'libp2p extension has a length that is not in its shortest form'",
    "30040400040000, 'libp2p extension has 1 bytes more than what belongs there'",
    "300604000400 0400, 'libp2p extension has 2 bytes more than what belongs there'",
    "30050401, 'libp2p extension says it is 5 bytes long, and 2 are left'",
    "3084ffffffff, 'libp2p extension has a length that is longer than 3 bytes'",
    "3004240004 00, 'libp2p extension, publicKey has the ASN.1 tag 0x24; 0x04 belongs there'",
  })
  void malformedExtension_isRefused(String value, String reason) {
    byte[] content = Bytes.fromHex(value.replace(" ", "")).toByteArray();

    assertRefused(new CertificateForge().extensionValue(right -> content)).hasMessage(reason);
  }

  @Test
  void hostKeyThatIsNone_isRefused() {
    assertRefused(new CertificateForge().signedKey(new byte[] {8, 9, 18, 0}, new byte[64]))
        .hasMessageStartingWith("libp2p extension, publicKey: ");
  }

  @Test
  void hostSignatureOverSomethingElse_isRefused() {
    String reason =
        "libp2p extension, signature is not that of the certificate key by the host key";
    assertRefused(new CertificateForge().signedMessage(right -> Arrays.copyOf(right, 64)))
        .hasMessage(reason);
    assertRefused(
            new CertificateForge()
                .signedMessage(right -> Arrays.copyOfRange(right, 21, right.length)))
        .hasMessage(reason);
    CertificateForge forge = new CertificateForge();
    byte[] publicKey = forge.hostKey.publicKey().encode().toByteArray();
    assertRefused(forge.signedKey(publicKey, new byte[0])).hasMessage(reason);
  }

  @Test
  void hostKeyOfRsa_isUnderstood() throws Exception {
    KeyPair host = rsa(2048);
    KeyPair key = ec("secp256r1");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(host.getPrivate());
    signature.update(PeerCertificate.handshakeMessage(Bytes.copyOf(key.getPublic().getEncoded())));
    byte[] data = host.getPublic().getEncoded();
    byte[] protobuf =
        Bytes.fromHex("080012")
            .concat(io.minga.libp2p.wire.Uvarint.encode(data.length))
            .concat(Bytes.copyOf(data))
            .toByteArray();

    PeerCertificate proven =
        verify(
            new CertificateForge(key, "SHA256withECDSA")
                .signedKey(protobuf, signature.sign())
                .build());

    assertThat(proven.publicKey().encode()).isEqualTo(Bytes.copyOf(protobuf));
  }

  static Stream<Arguments> understoodKinds() {
    KeyPair rsa = rsa(2048);
    return Stream.of(
        Arguments.of("P-256", ec("secp256r1"), "SHA256withECDSA"),
        Arguments.of("P-256", ec("secp256r1"), "SHA512withECDSA"),
        Arguments.of("P-384", ec("secp384r1"), "SHA384withECDSA"),
        Arguments.of("Ed25519", ed25519(), "Ed25519"),
        Arguments.of("RSA", rsa, "SHA256withRSA"),
        Arguments.of("RSA", rsa, "SHA384withRSA"),
        Arguments.of("RSA", rsa, "SHA512withRSA"),
        Arguments.of("RSA", rsa, "SHA256withRSAandMGF1"),
        Arguments.of("RSA", rsa, "SHA384withRSAandMGF1"),
        Arguments.of("RSA", rsa, "SHA512withRSAandMGF1"));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("understoodKinds")
  void selfSignature_isVerified(String kind, KeyPair key, String algorithm) throws WireException {
    verify(new CertificateForge(key, algorithm).build());
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("understoodKinds")
  void changedSelfSignature_isRefused(String kind, KeyPair key, String algorithm) {
    byte[] der = new CertificateForge(key, algorithm).build();
    der[der.length - 1] ^= 1;

    assertRefused(der).hasMessage("certificate is not signed by the key that it carries");
  }

  @Test
  void certificateSignedByAnotherKey_isRefused() {
    assertRefused(new CertificateForge().signedBy(ec("secp256r1")))
        .hasMessage("certificate is not signed by the key that it carries");
  }

  static Stream<Arguments> refusedKinds() {
    return Stream.of(
        Arguments.of(ec("secp521r1"), "SHA512withECDSA", "certificate key is on the curve"),
        Arguments.of(ec("secp256k1"), "SHA256withECDSA", "certificate key is on the curve"),
        Arguments.of(
            ec("secp256r1"), "SHA1withECDSA", "certificate is signed with the algorithm 2a8648ce"),
        Arguments.of(rsa(2048), "SHA1withRSA", "certificate is signed with the algorithm 2a864886"),
        Arguments.of(rsa(2048), "SHA1withRSAandMGF1", "PSS hash is missing"),
        Arguments.of(rsa(2048), "SHA224withRSAandMGF1", "certificate is signed with the algorithm"),
        Arguments.of(rsa(1024), "SHA256withRSA", "RSA modulus is of 1024 bits; 2048 to 8192"));
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("refusedKinds")
  void weakOrUnknownKind_isRefused(KeyPair key, String algorithm, String reason) {
    assertRefused(new CertificateForge(key, algorithm)).hasMessageStartingWith(reason);
  }

  static Stream<Arguments> refusedRsaKeys() {
    BigInteger e = BigInteger.valueOf(65537);
    BigInteger modulus = BigInteger.ONE.shiftLeft(2047).setBit(0);
    return Stream.of(
        Arguments.of(BigInteger.ONE.shiftLeft(8192).setBit(0), e, "RSA modulus is of 8193 bits"),
        Arguments.of(BigInteger.ONE.shiftLeft(2047), e, "RSA modulus is even"),
        Arguments.of(modulus, BigInteger.ONE, "RSA exponent is not an odd number from 3"),
        Arguments.of(modulus, BigInteger.TWO, "RSA exponent is not an odd number from 3"),
        Arguments.of(
            modulus, BigInteger.ONE.shiftLeft(33).setBit(0), "RSA exponent is not an odd number"),
        Arguments.of(modulus.negate(), e, "RSA modulus is not an integer of 0 or more"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("refusedRsaKeys")
  void rsaKeyOutsideItsBounds_isRefused(BigInteger modulus, BigInteger exponent, String reason)
      throws Exception {
    byte[] info = rsaInfo(modulus, exponent);

    assertRefused(new CertificateForge(rsa(2048), "SHA256withRSA").publicKeyInfo(info).build())
        .hasMessageStartingWith(reason);
  }

  private static byte[] rsaInfo(BigInteger modulus, BigInteger exponent) {
    byte[] algorithm = Bytes.fromHex("300d06092a864886f70d0101010500").toByteArray();
    byte[] pair = der(0x30, der(0x02, modulus.toByteArray()), der(0x02, exponent.toByteArray()));
    return der(0x30, algorithm, der(0x03, new byte[1], pair));
  }

  @Test
  void largestRsaKey_isJudgedByItsSignature() throws Exception {
    BigInteger modulus = BigInteger.ONE.shiftLeft(8191).setBit(0);
    byte[] info = rsaInfo(modulus, BigInteger.valueOf(65537));

    assertRefused(new CertificateForge(rsa(2048), "SHA256withRSA").publicKeyInfo(info))
        .hasMessage("certificate is not signed by the key that it carries");
  }

  @Test
  void keyOfNoBytes_isRefused() {
    KeyPair key = ec("secp256r1");
    byte[] info =
        Bytes.fromHex("3018301306072a8648ce3d020106082a8648ce3d030107030100").toByteArray();

    assertRefused(new CertificateForge(key, "SHA256withECDSA").publicKeyInfo(info))
        .hasMessage("certificate key is not a point of its curve");
  }

  @Test
  void keyThatIsNoPointOfItsCurve_isRefused() {
    KeyPair key = ec("secp256r1");
    byte[] info = key.getPublic().getEncoded();
    info[info.length - 1] ^= 1;

    assertRefused(new CertificateForge(key, "SHA256withECDSA").publicKeyInfo(info))
        .hasMessage("certificate key is not a point of its curve");
  }

  @Test
  void algorithmsThatDiffer_areRefused() {
    assertRefused(new CertificateForge().outerAlgorithm("SHA384withECDSA"))
        .hasMessage(
            "certificate names one signature algorithm inside what is signed and another outside");
  }

  @Test
  void algorithmOfAnotherKind_isRefused() {
    KeyPair key = ec("secp256r1");
    byte[] info = key.getPublic().getEncoded();

    assertRefused(new CertificateForge(rsa(2048), "SHA256withRSA").publicKeyInfo(info))
        .hasMessageStartingWith("certificate is signed with the algorithm 2a864886f70d01010b");
  }

  @Test
  void oldVersion_isRefused() {
    String reason = "certificate is not of X.509 version 3";
    assertRefused(new CertificateForge().version(der(0xa0, der(0x02, new byte[] {1}))))
        .hasMessage(reason);
    assertRefused(new CertificateForge().version(der(0x02, new byte[] {1}))).hasMessage(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void uniqueId_isRefused(int tag) {
    assertRefused(new CertificateForge().uniqueId(der(0x80 | tag, new byte[] {0, 1})))
        .hasMessageStartingWith("certificate has an issuerUniqueId or subjectUniqueId");
  }

  @Test
  void trailingField_isRefused() {
    assertRefused(new CertificateForge().version(der(0xa0, der(0x02, new byte[] {2}), der(0x04))))
        .hasMessage("version has 2 bytes more than what belongs there");
    byte[] der = Certificates.der("spec-ed25519");
    assertRefused(Arrays.copyOf(der, der.length + 1))
        .hasMessage("certificate chain entry has 1 bytes more than what belongs there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spec-ed25519", "spec-ecdsa", "spec-secp256k1"})
  void anyChangedByte_isRefused(String name) throws WireException {
    byte[] der = Certificates.der(name);
    verify(der);
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      assertRefused(changed);
    }
  }

  @Test
  void anyTruncation_isRefused() {
    byte[] der = Certificates.der("spec-secp256k1");
    for (int length = 0; length < der.length; length++) {
      assertRefused(Arrays.copyOf(der, length));
    }
  }
}
