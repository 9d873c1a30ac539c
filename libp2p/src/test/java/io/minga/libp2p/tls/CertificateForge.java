package io.minga.libp2p.tls;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.jspecify.annotations.Nullable;

/** Makes certificates, right ones and such as break one rule; a right one until told otherwise. */
public final class CertificateForge {
  public static final Crypto CRYPTO = CryptoProviders.portable();
  static final String LIBP2P = "1.3.6.1.4.1.53594.1.1";

  /** The instant at which the forge's certificates are right: 2030-01-01. */
  public static final long NOW_MILLIS = 1_893_456_000_000L;

  public static final Provider PROVIDER = new BouncyCastleProvider();

  public final PrivateKey hostKey = PrivateKey.generate(CRYPTO, entropy(1));

  private KeyPair key;
  private KeyPair signer;
  private String algorithm;
  private byte @Nullable [] outerAlgorithm;
  private byte[] version = der(0xa0, der(0x02, new byte[] {2}));
  private byte[] notBefore = time("20290101000000Z");
  private byte[] notAfter = time("20310101000000Z");
  private byte[] name =
      der(0x30, der(0x31, der(0x30, objectIdentifier("2.5.4.10"), der(0x0c, new byte[] {'x'}))));
  private byte[] uniqueId = {};
  private byte @Nullable [] publicKeyInfo;
  private byte[] extensionId = objectIdentifier(LIBP2P);
  private byte[] critical = {};
  private UnaryOperator<byte[]> extensionValue = this::signedKey;
  private byte[] extraExtensions = {};
  private boolean withExtension = true;

  public CertificateForge() {
    this(ec("secp256r1"), "SHA256withECDSA");
  }

  public CertificateForge(KeyPair key, String algorithm) {
    this.key = key;
    this.signer = key;
    this.algorithm = algorithm;
  }

  /** Entropy that repeats itself from run to run. */
  public static Entropy entropy(long seed) {
    Random random = new Random(seed);
    return length -> {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    };
  }

  public static KeyPair ec(String curve) {
    return generate("EC", curve, 0);
  }

  public static KeyPair ed25519() {
    return generate("Ed25519", null, 0);
  }

  public static KeyPair rsa(int bits) {
    return generate("RSA", null, bits);
  }

  private static KeyPair generate(String kind, @Nullable String curve, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind, PROVIDER);
      if (curve != null) {
        generator.initialize(new ECGenParameterSpec(curve));
      } else if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public CertificateForge signedBy(KeyPair other) {
    signer = other;
    return this;
  }

  CertificateForge outerAlgorithm(String other) {
    outerAlgorithm = identifier(other);
    return this;
  }

  CertificateForge version(byte[] other) {
    version = other;
    return this;
  }

  public CertificateForge dates(byte[] from, byte[] to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  /** Leaves issuer and subject empty, as rust-libp2p does. */
  public CertificateForge withoutName() {
    name = der(0x30);
    return this;
  }

  CertificateForge uniqueId(byte[] id) {
    uniqueId = id;
    return this;
  }

  CertificateForge publicKeyInfo(byte[] other) {
    publicKeyInfo = other;
    return this;
  }

  CertificateForge extensionId(String id) {
    extensionId = objectIdentifier(id);
    return this;
  }

  CertificateForge critical(boolean encoded) {
    critical = der(0x01, new byte[] {(byte) (encoded ? 0xff : 0)});
    return this;
  }

  /** Replaces the libp2p extension's value by a function of the right one. */
  CertificateForge extensionValue(UnaryOperator<byte[]> change) {
    extensionValue = info -> change.apply(signedKey(info));
    return this;
  }

  /** Replaces the libp2p extension's content. */
  CertificateForge signedKey(byte[] publicKey, byte[] signature) {
    extensionValue = info -> encodeSignedKey(publicKey, signature);
    return this;
  }

  /** Replaces what the host key signs by a function of what it should sign. */
  CertificateForge signedMessage(UnaryOperator<byte[]> change) {
    extensionValue =
        info ->
            encodeSignedKey(
                hostKey.publicKey().encode().toByteArray(),
                hostKey.sign(
                    CRYPTO, change.apply(PeerCertificate.handshakeMessage(Bytes.copyOf(info)))));
    return this;
  }

  public CertificateForge withoutExtension() {
    withExtension = false;
    return this;
  }

  CertificateForge extraExtension(String id, boolean isCritical, byte[] value) {
    byte[] flag = isCritical ? der(0x01, new byte[] {(byte) 0xff}) : new byte[0];
    byte[] extension = der(0x30, objectIdentifier(id), flag, der(0x04, value));
    extraExtensions = Bytes.copyOf(extraExtensions).concat(Bytes.copyOf(extension)).toByteArray();
    return this;
  }

  public KeyPair key() {
    return key;
  }

  public byte[] build() {
    try {
      byte[] signed = signedPart();
      Signature signature = Signature.getInstance(algorithm, PROVIDER);
      signature.initSign(signer.getPrivate());
      signature.update(signed);
      byte[] outer = outerAlgorithm != null ? outerAlgorithm : identifier(algorithm);
      return der(0x30, signed, outer, der(0x03, new byte[1], signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] signedPart() {
    byte[] info = publicKeyInfo != null ? publicKeyInfo : key.getPublic().getEncoded();
    byte[] extension =
        withExtension
            ? der(0x30, extensionId, critical, der(0x04, extensionValue.apply(info)))
            : new byte[0];
    return der(
        0x30,
        version,
        der(0x02, new byte[] {10}),
        identifier(algorithm),
        name,
        der(0x30, notBefore, notAfter),
        name,
        info,
        uniqueId,
        der(0xa3, der(0x30, extraExtensions, extension)));
  }

  private byte[] signedKey(byte[] info) {
    return encodeSignedKey(
        hostKey.publicKey().encode().toByteArray(),
        hostKey.sign(CRYPTO, PeerCertificate.handshakeMessage(Bytes.copyOf(info))));
  }

  static byte[] encodeSignedKey(byte[] publicKey, byte[] signature) {
    return der(0x30, der(0x04, publicKey), der(0x04, signature));
  }

  /** An element in DER. */
  static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    String header =
        length < 0x80 ? "%02x" : length < 0x100 ? "81%02x" : length < 0x10000 ? "82%04x" : "83%06x";
    return Bytes.fromHex("%02x".formatted(tag) + header.formatted(length))
        .concat(Bytes.copyOf(content.toByteArray()))
        .toByteArray();
  }

  /** A time in DER: of 13 characters the short form, else the long one. */
  public static byte[] time(String text) {
    return der(text.length() == 13 ? 0x17 : 0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] objectIdentifier(String id) {
    try {
      return new ASN1ObjectIdentifier(id).getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] identifier(String algorithm) {
    try {
      return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm).getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
