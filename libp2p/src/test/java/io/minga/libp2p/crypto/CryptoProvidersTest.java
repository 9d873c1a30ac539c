package io.minga.libp2p.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CryptoProvidersTest {
  @Test
  void best_whereConscryptLoads_isConscrypt() {
    assertThat(CryptoProviders.best().name()).isEqualTo("Conscrypt 2.9.0");
    assertThat(CryptoProviders.best()).isSameAs(CryptoProviders.best());
  }

  @Test
  void selfTest_onBothProviders_passes() {
    assertThat(CryptoProviders.passesSelfTest(new ConscryptCrypto())).isTrue();
    assertThat(CryptoProviders.passesSelfTest(new PortableCrypto())).isTrue();
  }

  @Test
  void choose_portableForced_neverLoadsTheOther() {
    Crypto chosen =
        CryptoProviders.choose(
            "portable",
            () -> {
              throw new AssertionError("must not be made");
            });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryDoesNotLoad_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () -> {
              throw new UnsatisfiedLinkError("no library for this platform");
            });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryComputesWrong_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () ->
                new Broken() {
                  @Override
                  public byte[] ed25519Sign(byte[] seed, byte[] message) {
                    return new byte[64];
                  }
                });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryAcceptsEverySignature_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () ->
                new Broken() {
                  @Override
                  public boolean ed25519Verify(byte[] key, byte[] message, byte[] signature) {
                    return true;
                  }
                });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryDoesNotEncrypt_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () ->
                new Broken() {
                  @Override
                  public Aead chaCha20Poly1305(byte[] key) {
                    byte[] other = key.clone();
                    Arrays.fill(other, (byte) 1);
                    return super.chaCha20Poly1305(other);
                  }
                });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryTakesAnyEcdsaSignature_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () ->
                new Broken() {
                  @Override
                  public boolean ecdsaP256Verify(byte[] key, byte[] message, byte[] signature) {
                    return true;
                  }
                });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_libraryAllowsLowOrder_isPortable() {
    Crypto chosen =
        CryptoProviders.choose(
            "",
            () ->
                new Broken() {
                  @Override
                  public byte[] x25519(byte[] scalar, byte[] key) throws WireException {
                    return key[0] == 0 ? new byte[32] : super.x25519(scalar, key);
                  }
                });
    assertThat(chosen).isInstanceOf(PortableCrypto.class);
  }

  @Test
  void choose_unknownProperty_saysWhatWouldBeRight() {
    assertThatThrownBy(() -> CryptoProviders.choose("fast", PortableCrypto::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("system property minga.crypto is fast; unset it or set it to portable");
  }

  /** Right in all but what a test overrides. */
  private static class Broken implements Crypto {
    private final Crypto right = new PortableCrypto();

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public byte[] ed25519PublicKey(byte[] seed) {
      return right.ed25519PublicKey(seed);
    }

    @Override
    public byte[] ed25519Sign(byte[] seed, byte[] message) {
      return right.ed25519Sign(seed, message);
    }

    @Override
    public boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature) {
      return right.ed25519Verify(publicKey, message, signature);
    }

    @Override
    public boolean ecdsaP256Verify(byte[] publicKey, byte[] message, byte[] signature) {
      return right.ecdsaP256Verify(publicKey, message, signature);
    }

    @Override
    public byte[] x25519PublicKey(byte[] scalar) {
      return right.x25519PublicKey(scalar);
    }

    @Override
    public byte[] x25519(byte[] scalar, byte[] publicKey) throws WireException {
      return right.x25519(scalar, publicKey);
    }

    @Override
    public Aead chaCha20Poly1305(byte[] key) {
      return right.chaCha20Poly1305(key);
    }
  }
}
