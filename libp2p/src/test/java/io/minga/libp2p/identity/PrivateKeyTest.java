package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrivateKeyTest {
  private static final Crypto CRYPTO = CryptoProviders.best();

  @Test
  void decode_vector_hasThePublicHalfOfTheSpecification() throws WireException {
    PrivateKey key = PrivateKey.decode(CRYPTO, KeyVectors.ED25519_PRIVATE);
    assertThat(key.publicKey().encode()).isEqualTo(KeyVectors.ED25519_PUBLIC);
    assertThat(key.encode()).isEqualTo(KeyVectors.ED25519_PRIVATE);
  }

  @Test
  void decode_formWithThePublicHalfTwice_isTheSameKey() throws WireException {
    PrivateKey key = PrivateKey.decode(CRYPTO, old(data().slice(32, 64)));
    assertThat(key).isEqualTo(PrivateKey.decode(CRYPTO, KeyVectors.ED25519_PRIVATE));
    assertThat(key.encode()).isEqualTo(KeyVectors.ED25519_PRIVATE);
  }

  @Test
  void decode_publicHalvesThatDiffer_isRefused() {
    byte[] other = data().slice(32, 64).toByteArray();
    other[31] ^= 1;
    assertRefused(old(Bytes.copyOf(other)), "public half is not that of its seed");
  }

  @Test
  void decode_publicHalfOfAnotherSeed_isRefused() {
    byte[] data = data().toByteArray();
    data[0] ^= 1;
    assertRefused(
        new KeyProtobuf(KeyType.ED25519, Bytes.copyOf(data)).encode(),
        "public half is not that of its seed");
  }

  @Test
  void decode_otherTypes_areRefusedByName() {
    assertRefused(KeyVectors.RSA_PRIVATE, "is of type RSA, should be ED25519");
    assertRefused(KeyVectors.SECP256K1_PRIVATE, "is of type SECP256K1");
    assertRefused(KeyVectors.ECDSA_PRIVATE, "is of type ECDSA");
  }

  @Test
  void decode_otherLengths_areRefused() {
    for (int length : new int[] {0, 32, 63, 65, 95, 97}) {
      Bytes data = Bytes.copyOf(Arrays.copyOf(data().toByteArray(), length));
      assertRefused(
          new KeyProtobuf(KeyType.ED25519, data).encode(),
          "has " + length + " bytes, should have 64 or 96");
    }
  }

  @Test
  void decode_error_hasNoSecret() {
    byte[] data = data().toByteArray();
    data[40] ^= 1;
    assertThatThrownBy(
            () ->
                PrivateKey.decode(
                    CRYPTO, new KeyProtobuf(KeyType.ED25519, Bytes.copyOf(data)).encode()))
        .hasMessageNotContaining(data().slice(0, 4).toHex());
  }

  @Test
  void toString_showsThePeerOnly() throws WireException {
    PrivateKey key = PrivateKey.decode(CRYPTO, KeyVectors.ED25519_PRIVATE);
    assertThat(key.toString())
        .contains(PeerId.of(key.publicKey()).toString())
        .doesNotContain(data().slice(0, 4).toHex());
  }

  @Test
  void generate_twice_givesDifferentKeysThatWork() {
    SystemEntropy entropy = new SystemEntropy();
    PrivateKey first = PrivateKey.generate(CRYPTO, entropy);
    PrivateKey second = PrivateKey.generate(CRYPTO, entropy);
    assertThat(first).isNotEqualTo(second);
    byte[] message = {1, 2, 3};
    byte[] signature = first.sign(CRYPTO, message);
    assertThat(first.publicKey().verify(CRYPTO, message, signature)).isTrue();
    assertThat(second.publicKey().verify(CRYPTO, message, signature)).isFalse();
  }

  @Test
  void generate_fromKnownEntropy_isDeterminedByIt() {
    PrivateKey first = PrivateKey.generate(CRYPTO, byte[]::new);
    PrivateKey second = PrivateKey.generate(CryptoProviders.portable(), byte[]::new);
    assertThat(first).isEqualTo(second).hasSameHashCodeAs(second);
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_hostileInput_throwsNothingElse(long seed) {
    Hostile.fuzz(
        seed,
        Hostile.inputs() / 10,
        List.of(
            KeyVectors.ED25519_PRIVATE.toByteArray(),
            old(data().slice(32, 64)).toByteArray(),
            KeyVectors.ECDSA_PRIVATE.toByteArray()),
        input -> PrivateKey.decode(CRYPTO, Bytes.copyOf(input)));
  }

  private static Bytes data() {
    return KeyVectors.ED25519_PRIVATE.slice(4, 68);
  }

  private static Bytes old(Bytes secondPublicHalf) {
    return new KeyProtobuf(KeyType.ED25519, data().concat(secondPublicHalf)).encode();
  }

  private static void assertRefused(Bytes encoded, String message) {
    assertThatThrownBy(() -> PrivateKey.decode(CRYPTO, encoded))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }
}
