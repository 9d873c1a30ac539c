package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.DerReader.BIT_STRING;
import static io.minga.libp2p.tls.DerReader.BOOLEAN;
import static io.minga.libp2p.tls.DerReader.GENERALIZED_TIME;
import static io.minga.libp2p.tls.DerReader.INTEGER;
import static io.minga.libp2p.tls.DerReader.OBJECT_IDENTIFIER;
import static io.minga.libp2p.tls.DerReader.OCTET_STRING;
import static io.minga.libp2p.tls.DerReader.SEQUENCE;
import static io.minga.libp2p.tls.DerReader.UTC_TIME;
import static io.minga.libp2p.tls.DerReader.field;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 certificate (RFC 5280, section 4.1) as far as libp2p looks at it. Parsing checks the
 * form alone: no date is compared and no signature verified.
 *
 * @param signed the part that the self-signature covers (tbsCertificate), whole
 * @param notBeforeMillis the first instant of its life, wall time
 * @param notAfterMillis the last instant of its life, wall time
 * @param subjectPublicKeyInfo the certificate's key with its algorithm, whole
 * @param signatureAlgorithm the self-signature's AlgorithmIdentifier, whole
 * @param signature the self-signature
 * @param hostKey the libp2p extension's public key, in protobuf
 * @param hostSignature the libp2p extension's signature
 */
record X509(
    Bytes signed,
    long notBeforeMillis,
    long notAfterMillis,
    Bytes subjectPublicKeyInfo,
    Bytes signatureAlgorithm,
    Bytes signature,
    Bytes hostKey,
    Bytes hostSignature) {
  /** The content of the object identifier 1.3.6.1.4.1.53594.1.1, the libp2p extension's. */
  static final Bytes LIBP2P_EXTENSION = Bytes.fromHex("2b0601040183a25a0101");

  private static final Bytes BASIC_CONSTRAINTS = Bytes.fromHex("551d13");
  private static final Bytes KEY_USAGE = Bytes.fromHex("551d0f");

  private static final int VERSION_3 = 2;

  /** The first bit of a key's usage: it signs, as TLS 1.3 has it do. */
  private static final int DIGITAL_SIGNATURE = 0x80;

  /** The tags of the issuer's and the subject's unique id, which are of RFC 5280's past. */
  private static final int[] UNIQUE_IDS = {0x81, 0xa1, 0x82, 0xa2};

  static X509 parse(byte[] der) throws WireException {
    DerReader file = new DerReader(der);
    DerReader certificate = file.enter(SEQUENCE, "certificate");
    file.end("certificate chain entry");
    byte[] signed = certificate.element(SEQUENCE, "tbsCertificate");
    byte[] outerAlgorithm = certificate.element(SEQUENCE, "signatureAlgorithm");
    byte[] signature = certificate.bitString("signatureValue");
    certificate.end("certificate");

    DerReader fields = new DerReader(signed).enter(SEQUENCE, "tbsCertificate");
    requireVersion3(fields);
    fields.skip(INTEGER, "serialNumber");
    Bytes algorithm = Bytes.copyOf(fields.element(SEQUENCE, "signature"));
    if (!algorithm.equals(Bytes.copyOf(outerAlgorithm))) {
      throw new WireException(
          "certificate names one signature algorithm inside what is signed and another outside");
    }
    fields.skip(SEQUENCE, "issuer");
    DerReader validity = fields.enter(SEQUENCE, "validity");
    long notBeforeMillis = time(validity, "notBefore");
    long notAfterMillis = time(validity, "notAfter");
    validity.end("validity");
    fields.skip(SEQUENCE, "subject");
    byte[] publicKeyInfo = fields.element(SEQUENCE, "subjectPublicKeyInfo");
    requireNoUniqueId(fields);
    SignedKey key = extensions(fields);
    fields.end("tbsCertificate");
    return new X509(
        Bytes.copyOf(signed),
        notBeforeMillis,
        notAfterMillis,
        Bytes.copyOf(publicKeyInfo),
        algorithm,
        Bytes.copyOf(signature),
        key.publicKey,
        key.signature);
  }

  private record SignedKey(Bytes publicKey, Bytes signature) {}

  private static void requireVersion3(DerReader fields) throws WireException {
    if (fields.isNext(field(0))) {
      DerReader version = fields.enter(field(0), "version");
      byte[] number = version.content(INTEGER, "version");
      version.end("version");
      if (number.length == 1 && number[0] == VERSION_3) {
        return;
      }
    }
    throw new WireException("certificate is not of X.509 version 3");
  }

  private static void requireNoUniqueId(DerReader fields) throws WireException {
    for (int tag : UNIQUE_IDS) {
      if (fields.isNext(tag)) {
        throw new WireException(
            "certificate has an issuerUniqueId or subjectUniqueId, which libp2p leaves out");
      }
    }
  }

  private static SignedKey extensions(DerReader fields) throws WireException {
    @Nullable SignedKey key = null;
    if (fields.isNext(field(3))) {
      DerReader tagged = fields.enter(field(3), "extensions");
      DerReader list = tagged.enter(SEQUENCE, "extensions");
      tagged.end("extensions");
      while (list.isNext(SEQUENCE)) {
        DerReader extension = list.enter(SEQUENCE, "extension");
        Bytes id = Bytes.copyOf(extension.content(OBJECT_IDENTIFIER, "extension id"));
        boolean critical = critical(extension);
        byte[] value = extension.content(OCTET_STRING, "extension value");
        extension.end("extension");
        if (id.equals(LIBP2P_EXTENSION)) {
          if (key != null) {
            throw new WireException("certificate has the libp2p extension twice");
          }
          key = signedKey(value);
        } else if (id.equals(BASIC_CONSTRAINTS)) {
          checkBasicConstraints(value);
        } else if (id.equals(KEY_USAGE)) {
          checkKeyUsage(value);
        } else if (critical) {
          throw new WireException(
              "certificate has the critical extension "
                  + id
                  + " (object identifier in hex), which libp2p does not know");
        }
      }
      list.end("extensions");
    }
    if (key == null) {
      throw new WireException("certificate lacks the libp2p extension 1.3.6.1.4.1.53594.1.1");
    }
    return key;
  }

  /** Whether the key is an authority's, and of how many: nothing follows from it here. */
  private static void checkBasicConstraints(byte[] value) throws WireException {
    DerReader extension = new DerReader(value);
    DerReader constraints = extension.enter(SEQUENCE, "basic constraints");
    extension.end("basic constraints");
    if (constraints.isNext(BOOLEAN)) {
      constraints.skip(BOOLEAN, "basic constraints, cA");
    }
    if (constraints.isNext(INTEGER)) {
      constraints.skip(INTEGER, "basic constraints, pathLenConstraint");
    }
    constraints.end("basic constraints");
  }

  private static void checkKeyUsage(byte[] value) throws WireException {
    DerReader extension = new DerReader(value);
    byte[] bits = extension.content(BIT_STRING, "key usage");
    extension.end("key usage");
    if (bits.length < 2 || (bits[1] & DIGITAL_SIGNATURE) == 0) {
      throw new WireException(
          "certificate has a key usage without digitalSignature, which TLS uses the key for");
    }
  }

  private static boolean critical(DerReader extension) throws WireException {
    if (!extension.isNext(BOOLEAN)) {
      return false;
    }
    byte[] value = extension.content(BOOLEAN, "extension critical");
    if (value.length != 1 || (value[0] != 0 && value[0] != -1)) {
      throw new WireException("extension critical is neither true (ff) nor false (00)");
    }
    return value[0] != 0;
  }

  private static SignedKey signedKey(byte[] value) throws WireException {
    DerReader extension = new DerReader(value);
    DerReader content = extension.enter(SEQUENCE, "libp2p extension");
    extension.end("libp2p extension");
    byte[] publicKey = content.content(OCTET_STRING, "libp2p extension, publicKey");
    byte[] signature = content.content(OCTET_STRING, "libp2p extension, signature");
    content.end("libp2p extension");
    return new SignedKey(Bytes.copyOf(publicKey), Bytes.copyOf(signature));
  }

  private static long time(DerReader validity, String name) throws WireException {
    boolean shortYear = validity.isNext(UTC_TIME);
    byte[] content = validity.content(shortYear ? UTC_TIME : GENERALIZED_TIME, name);
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int yearLength = shortYear ? 2 : 4;
    if (!isDigitsThenZ(text, yearLength + 10)) {
      throw new WireException(
          name + " is not a time of the form " + (shortYear ? "YY" : "YYYY") + "MMDDhhmmssZ");
    }
    int year = number(text, 0, yearLength);
    if (shortYear) {
      year += year < 50 ? 2000 : 1900;
    }
    try {
      return LocalDateTime.of(
                  year,
                  number(text, yearLength, 2),
                  number(text, yearLength + 2, 2),
                  number(text, yearLength + 4, 2),
                  number(text, yearLength + 6, 2),
                  number(text, yearLength + 8, 2))
              .toEpochSecond(ZoneOffset.UTC)
          * 1000;
    } catch (DateTimeException e) {
      throw new WireException(name + " is a time that no calendar has");
    }
  }

  private static boolean isDigitsThenZ(String text, int digits) {
    return text.length() == digits + 1
        && text.charAt(digits) == 'Z'
        && text.chars().limit(digits).allMatch(c -> c >= '0' && c <= '9');
  }

  private static int number(String text, int start, int length) {
    return Integer.parseInt(text, start, start + length, 10);
  }
}
