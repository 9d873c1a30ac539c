package io.minga.libp2p.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 8032, 6979, 7748 and 8439: the same vectors on every provider. */
class CryptoVectorsTest {
  private record Signed(String seed, String key, String message, String signature) {}

  /** RFC 8032, 7.1: tests 1 to 3 and SHA(abc). */
  private static final List<Signed> ED25519 =
      List.of(
          new Signed(
              "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
              "",
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                  + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
          new Signed(
              "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
              "72",
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                  + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
          new Signed(
              "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
              "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
              "af82",
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                  + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
          new Signed(
              "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
              "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                  + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
              "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                  + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"));

  private static final String P256_KEY =
      "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
          + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

  private static final String P256_SIGNATURE =
      "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
          + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

  static List<Crypto> providers() {
    return List.of(new ConscryptCrypto(), new PortableCrypto());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ed25519_vectors_holdBothWays(Crypto crypto) {
    for (Signed vector : ED25519) {
      byte[] message = hex(vector.message);
      assertThat(crypto.ed25519PublicKey(hex(vector.seed))).isEqualTo(hex(vector.key));
      assertThat(crypto.ed25519Sign(hex(vector.seed), message)).isEqualTo(hex(vector.signature));
      assertThat(crypto.ed25519Verify(hex(vector.key), message, hex(vector.signature))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ed25519Signer_signsAsOftenAsAsked(Crypto crypto) {
    for (Signed vector : ED25519) {
      byte[] seed = hex(vector.seed);
      Crypto.Signer signer = crypto.ed25519Signer(seed);
      Arrays.fill(seed, (byte) 0);

      for (int i = 0; i < 3; i++) {
        assertThat(signer.sign(hex(vector.message))).isEqualTo(hex(vector.signature));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ed25519Verify_anyBitChanged_isFalse(Crypto crypto) {
    Signed vector = ED25519.get(2);
    byte[] key = hex(vector.key);
    byte[] message = hex(vector.message);
    byte[] signature = hex(vector.signature);
    for (byte[] part : List.of(key, message, signature)) {
      for (int bit = 0; bit < part.length * 8; bit++) {
        part[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(crypto.ed25519Verify(key, message, signature)).as("bit %d", bit).isFalse();
        part[bit / 8] ^= (byte) (1 << (bit % 8));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ed25519Verify_wrongLengths_isFalse(Crypto crypto) {
    Signed vector = ED25519.get(1);
    byte[] message = hex(vector.message);
    for (int length : new int[] {0, 1, 31, 33, 63, 65}) {
      assertThat(crypto.ed25519Verify(new byte[length], message, hex(vector.signature))).isFalse();
      assertThat(crypto.ed25519Verify(hex(vector.key), message, new byte[length])).isFalse();
    }
  }

  /**
   * S + L signs the same message unless S is checked against the group's order (RFC 8032, 5.1.7).
   */
  @ParameterizedTest
  @MethodSource("providers")
  void ed25519Verify_malleatedSignature_isFalse(Crypto crypto) {
    Signed vector = ED25519.get(0);
    byte[] signature = hex(vector.signature);
    byte[] order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    int carry = 0;
    for (int i = 0; i < 32; i++) {
      int sum = (signature[32 + i] & 0xff) + (order[i] & 0xff) + carry;
      signature[32 + i] = (byte) sum;
      carry = sum >> 8;
    }
    assertThat(carry).isZero();
    assertThat(crypto.ed25519Verify(hex(vector.key), new byte[0], signature)).isFalse();
  }

  /** RFC 6979, A.2.5, SHA-256: "sample" and "test". */
  @ParameterizedTest
  @MethodSource("providers")
  void ecdsaP256Verify_vectors_hold(Crypto crypto) {
    assertThat(crypto.ecdsaP256Verify(hex(P256_KEY), ascii("sample"), hex(P256_SIGNATURE)))
        .isTrue();
    assertThat(
            crypto.ecdsaP256Verify(
                hex(P256_KEY),
                ascii("test"),
                hex(
                    "3045022100f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                        + "0220019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083")))
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ecdsaP256Verify_anyBitChangedOrAnyEndCut_isFalse(Crypto crypto) {
    byte[] key = hex(P256_KEY);
    byte[] message = ascii("sample");
    byte[] signature = hex(P256_SIGNATURE);
    for (byte[] part : List.of(key, message, signature)) {
      for (int bit = 0; bit < part.length * 8; bit++) {
        part[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(crypto.ecdsaP256Verify(key, message, signature)).as("bit %d", bit).isFalse();
        part[bit / 8] ^= (byte) (1 << (bit % 8));
      }
    }
    for (int length = 0; length < key.length; length++) {
      assertThat(crypto.ecdsaP256Verify(Arrays.copyOf(key, length), message, signature)).isFalse();
    }
    for (int length = 0; length < signature.length; length++) {
      assertThat(crypto.ecdsaP256Verify(key, message, Arrays.copyOf(signature, length))).isFalse();
    }
    assertThat(crypto.ecdsaP256Verify(key, message, Arrays.copyOf(signature, signature.length + 1)))
        .isFalse();
  }

  /** RFC 7748, 5.2 and 6.1. */
  @ParameterizedTest
  @MethodSource("providers")
  void x25519_vectors_hold(Crypto crypto) throws WireException {
    byte[] alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    byte[] bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    byte[] alicePublic = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    byte[] bobPublic = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    byte[] secret = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assertThat(crypto.x25519PublicKey(alice)).isEqualTo(alicePublic);
    assertThat(crypto.x25519PublicKey(bob)).isEqualTo(bobPublic);
    assertThat(crypto.x25519(alice, bobPublic)).isEqualTo(secret);
    assertThat(crypto.x25519(bob, alicePublic)).isEqualTo(secret);
    assertThat(
            crypto.x25519(
                hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
                hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")))
        .as("the top bit of a public key is ignored")
        .isEqualTo(hex("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void x25519_iterated_matchesTheVectors(Crypto crypto) throws WireException {
    byte[] scalar = hex("0900000000000000000000000000000000000000000000000000000000000000");
    byte[] point = scalar;
    for (int i = 1; i <= 1000; i++) {
      byte[] next = crypto.x25519(scalar, point);
      point = scalar;
      scalar = next;
      if (i == 1) {
        assertThat(scalar)
            .isEqualTo(hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
      }
    }
    assertThat(scalar)
        .isEqualTo(hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
  }

  /** The points of order 1, 2, 4 and 8, and their forms above the field's prime. */
  @ParameterizedTest
  @MethodSource("providers")
  void x25519_pointOfLowOrder_isRefused(Crypto crypto) {
    List<String> points =
        List.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    byte[] scalar = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    for (String point : points) {
      assertThatThrownBy(() -> crypto.x25519(scalar, hex(point)))
          .as(point)
          .isInstanceOf(WireException.class)
          .hasMessageContaining("low order");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void x25519_wrongLengths_areRefused(Crypto crypto) {
    for (int length : new int[] {0, 31, 33}) {
      assertThatThrownBy(() -> crypto.x25519(new byte[32], new byte[length]))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("should have 32");
      assertThatThrownBy(() -> crypto.x25519(new byte[length], new byte[32]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> crypto.ed25519Sign(new byte[length], new byte[0]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> crypto.ed25519PublicKey(new byte[length]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> crypto.chaCha20Poly1305(new byte[length]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
