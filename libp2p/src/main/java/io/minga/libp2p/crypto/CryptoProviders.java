package io.minga.libp2p.crypto;

import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * The choice between the providers, made once a process: the native one if it loads and computes
 * known answers, else the portable one. {@link Crypto#name()} says which it was. The system
 * property {@value #PROPERTY} set to {@code portable} forces the portable one.
 */
public final class CryptoProviders {
  /** The system property that can force the portable provider. */
  public static final String PROPERTY = "minga.crypto";

  private static final HexFormat HEX = HexFormat.of();

  private CryptoProviders() {}

  /** The fastest provider that works here, the same for the whole life of the process. */
  public static Crypto best() {
    return Best.CRYPTO;
  }

  /** The provider without native code. */
  public static Crypto portable() {
    return new PortableCrypto();
  }

  /** What {@link #best()} returns where the property has the value {@code property}. */
  static Crypto choose(String property, Supplier<Crypto> candidate) {
    if (property.equals("portable")) {
      return portable();
    }
    if (!property.isEmpty()) {
      throw new IllegalArgumentException(
          "system property " + PROPERTY + " is " + property + "; unset it or set it to portable");
    }
    try {
      Crypto crypto = candidate.get();
      return passesSelfTest(crypto) ? crypto : portable();
    } catch (LinkageError | RuntimeException e) {
      // No library for this platform, or one that does not run on it: the name tells the owner.
      return portable();
    }
  }

  /** Whether {@code crypto} computes the answers of RFC 8032, 6979, 7748 and 8439. */
  static boolean passesSelfTest(Crypto crypto) {
    try {
      return signs(crypto) && verifies(crypto) && agrees(crypto) && encrypts(crypto);
    } catch (WireException e) {
      return false;
    }
  }

  /** RFC 8032, 7.1, test 2. */
  private static boolean signs(Crypto crypto) {
    byte[] seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    byte[] key = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    byte[] signature =
        hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    byte[] message = {0x72};
    return Arrays.equals(crypto.ed25519PublicKey(seed), key)
        && Arrays.equals(crypto.ed25519Sign(seed, message), signature)
        && crypto.ed25519Verify(key, message, signature)
        && !crypto.ed25519Verify(key, new byte[] {0x73}, signature);
  }

  /** RFC 6979, A.2.5, SHA-256. */
  private static boolean verifies(Crypto crypto) {
    byte[] key =
        hex(
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    byte[] signature =
        hex(
            "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    byte[] message = "sample".getBytes(StandardCharsets.US_ASCII);
    return crypto.ecdsaP256Verify(key, message, signature)
        && !crypto.ecdsaP256Verify(key, new byte[] {0x73}, signature);
  }

  /** RFC 7748, 6.1; and zero, a point of low order, must be refused. */
  private static boolean agrees(Crypto crypto) throws WireException {
    byte[] scalar = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    byte[] key = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    byte[] theirs = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    byte[] secret = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    return Arrays.equals(crypto.x25519PublicKey(scalar), key)
        && Arrays.equals(crypto.x25519(scalar, theirs), secret)
        && refusesZero(crypto, scalar);
  }

  private static boolean refusesZero(Crypto crypto, byte[] scalar) {
    try {
      crypto.x25519(scalar, new byte[32]);
      return false;
    } catch (WireException e) {
      return true;
    }
  }

  /** RFC 8439, A.5, cut to the first 32 bytes; in place on direct memory, as in a connection. */
  private static boolean encrypts(Crypto crypto) throws WireException {
    byte[] key = hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
    long counter = 0x0807060504030201L;
    byte[] associatedData = hex("f33388860000000000004e91");
    byte[] plaintext = hex("496e7465726e65742d4472616674732061726520647261667420646f63756d65");
    byte[] ciphertext =
        hex(
            "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
                + "8a53f4d2a877916668a556ff808887b6");
    Crypto.Aead aead = crypto.chaCha20Poly1305(key);
    ByteBuffer memory = ByteBuffer.allocateDirect(ciphertext.length);
    memory.put(plaintext).flip();
    aead.seal(counter, associatedData, memory, memory.duplicate().clear());
    memory.clear();
    if (!memory.equals(ByteBuffer.wrap(ciphertext))) {
      return false;
    }
    aead.open(counter, associatedData, memory, memory.duplicate());
    memory.flip().limit(plaintext.length);
    return memory.equals(ByteBuffer.wrap(plaintext));
  }

  private static byte[] hex(String digits) {
    return HEX.parseHex(digits);
  }

  private static final class Best {
    static final Crypto CRYPTO = choose(System.getProperty(PROPERTY, ""), ConscryptCrypto::new);
  }
}
