package io.minga.libp2p.crypto;

import io.minga.libp2p.wire.WireException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EncodedKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.conscrypt.Conscrypt;

/**
 * The native provider: BoringSSL through Conscrypt. The provider object is handed to each call and
 * never installed, so that nothing else in the JVM changes. Making one loads a native library and
 * fails with an {@link Error} where there is none.
 */
final class ConscryptCrypto implements Crypto {
  private static final int KEY_LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;

  /** All of a SubjectPublicKeyInfo (RFC 5480) of P-256 that comes before the point. */
  private static final byte[] P256_KEY_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

  private static final byte[] X25519_BASE_POINT = new byte[KEY_LENGTH];

  static {
    X25519_BASE_POINT[0] = 9;
  }

  private final Provider provider = Conscrypt.newProvider();
  private final PortableCrypto portable = new PortableCrypto();

  @Override
  public String name() {
    Conscrypt.Version version = Conscrypt.version();
    return "Conscrypt " + version.major() + "." + version.minor() + "." + version.patch();
  }

  /** Conscrypt has no call for this, and a process does it once. */
  @Override
  public byte[] ed25519PublicKey(byte[] seed) {
    return portable.ed25519PublicKey(seed);
  }

  @Override
  public byte[] ed25519Sign(byte[] seed, byte[] message) {
    return ed25519Signer(seed).sign(message);
  }

  /** Half of the time of a signature is what it takes to make the native key of a seed. */
  @Override
  public Signer ed25519Signer(byte[] seed) {
    PortableCrypto.requireLength(seed, KEY_LENGTH, "an Ed25519 seed");
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519", provider).generatePrivate(new RawKeySpec(seed));
      return message -> ed25519Sign(key, message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Conscrypt can't read an Ed25519 seed", e);
    }
  }

  private byte[] ed25519Sign(PrivateKey key, byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519", provider);
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Conscrypt can't sign with Ed25519", e);
    }
  }

  @Override
  public boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != KEY_LENGTH || signature.length != SIGNATURE_LENGTH) {
      return false;
    }
    return verify("Ed25519", "Ed25519", new RawKeySpec(publicKey), message, signature);
  }

  @Override
  public boolean ecdsaP256Verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (!PortableCrypto.isP256Key(publicKey)) {
      return false;
    }
    byte[] info = Arrays.copyOf(P256_KEY_PREFIX, P256_KEY_PREFIX.length + publicKey.length);
    System.arraycopy(publicKey, 0, info, P256_KEY_PREFIX.length, publicKey.length);
    return verify("SHA256withECDSA", "EC", new X509EncodedKeySpec(info), message, signature);
  }

  private boolean verify(
      String algorithm, String keyKind, KeySpec key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm, provider);
      verifier.initVerify(KeyFactory.getInstance(keyKind, provider).generatePublic(key));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (InvalidKeyException | InvalidKeySpecException | SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Conscrypt can't verify " + algorithm, e);
    }
  }

  @Override
  public byte[] x25519PublicKey(byte[] scalar) {
    try {
      return x25519(scalar, X25519_BASE_POINT);
    } catch (WireException e) {
      throw new IllegalStateException("Conscrypt refuses the base point of X25519", e);
    }
  }

  @Override
  public byte[] x25519(byte[] scalar, byte[] publicKey) throws WireException {
    PortableCrypto.requireLength(scalar, KEY_LENGTH, "an X25519 scalar");
    PortableCrypto.requireX25519Key(publicKey);
    try {
      KeyFactory keys = KeyFactory.getInstance("X25519", provider);
      KeyAgreement agreement = KeyAgreement.getInstance("X25519", provider);
      agreement.init(keys.generatePrivate(new RawKeySpec(scalar)));
      return agree(agreement, keys, publicKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Conscrypt can't compute X25519", e);
    }
  }

  private static byte[] agree(KeyAgreement agreement, KeyFactory keys, byte[] publicKey)
      throws GeneralSecurityException, WireException {
    try {
      agreement.doPhase(keys.generatePublic(new RawKeySpec(publicKey)), true);
    } catch (InvalidKeyException e) {
      throw PortableCrypto.lowOrder();
    }
    return agreement.generateSecret();
  }

  @Override
  public Aead chaCha20Poly1305(byte[] key) {
    return new JcaAead(provider, JcaAead.Memory.DIRECT, key);
  }

  /** A key as its bare 32 bytes, without the ASN.1 around them: Conscrypt's format "raw". */
  private static final class RawKeySpec extends EncodedKeySpec {
    RawKeySpec(byte[] key) {
      super(key);
    }

    @Override
    public String getFormat() {
      return "raw";
    }
  }
}
