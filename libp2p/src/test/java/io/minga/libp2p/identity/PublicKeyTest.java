package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PublicKeyTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final List<Bytes> ENCODED =
      List.of(
          KeyVectors.RSA_PUBLIC,
          KeyVectors.ED25519_PUBLIC,
          KeyVectors.SECP256K1_PUBLIC,
          KeyVectors.ECDSA_PUBLIC,
          KeyVectors.GO_RSA_PUBLIC,
          KeyVectors.GO_SECP256K1_PUBLIC,
          KeyVectors.GO_ECDSA_PUBLIC);

  static List<Bytes> encoded() {
    return ENCODED;
  }

  static List<Arguments> signed() {
    return List.of(
        Arguments.of(KeyVectors.GO_RSA_PUBLIC, KeyVectors.GO_RSA_SIGNATURE),
        Arguments.of(KeyVectors.GO_SECP256K1_PUBLIC, KeyVectors.GO_SECP256K1_SIGNATURE),
        Arguments.of(KeyVectors.GO_ECDSA_PUBLIC, KeyVectors.GO_ECDSA_SIGNATURE));
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void decode_vector_encodesToTheSameBytes(Bytes vector) throws WireException {
    assertThat(PublicKey.decode(vector).encode()).isEqualTo(vector);
  }

  @Test
  void decode_vectors_haveTheirTypes() throws WireException {
    assertThat(PublicKey.decode(KeyVectors.RSA_PUBLIC).type()).isEqualTo(KeyType.RSA);
    assertThat(PublicKey.decode(KeyVectors.ED25519_PUBLIC).type()).isEqualTo(KeyType.ED25519);
    assertThat(PublicKey.decode(KeyVectors.SECP256K1_PUBLIC).type()).isEqualTo(KeyType.SECP256K1);
    assertThat(PublicKey.decode(KeyVectors.ECDSA_PUBLIC).type()).isEqualTo(KeyType.ECDSA);
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_signatureOfGo_isTrue(Bytes key, Bytes signature) throws WireException {
    assertThat(verify(PublicKey.decode(key), signature)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_otherMessage_isFalse(Bytes key, Bytes signature) throws WireException {
    byte[] message = KeyVectors.GO_MESSAGE.clone();
    message[0] ^= 1;
    assertThat(PublicKey.decode(key).verify(CRYPTO, message, signature.toByteArray())).isFalse();
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_anyByteOfTheSignatureChanged_isFalse(Bytes key, Bytes signature)
      throws WireException {
    PublicKey decoded = PublicKey.decode(key);
    for (int i = 0; i < signature.length(); i++) {
      byte[] tampered = signature.toByteArray();
      tampered[i] ^= (byte) (1 << (i % 8));
      assertThat(verify(decoded, Bytes.copyOf(tampered))).as("byte %d", i).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_signatureCutOrLengthened_isFalse(Bytes key, Bytes signature) throws WireException {
    PublicKey decoded = PublicKey.decode(key);
    for (int length = 0; length < signature.length(); length++) {
      assertThat(verify(decoded, signature.slice(0, length))).as("%d bytes", length).isFalse();
    }
    assertThat(verify(decoded, signature.concat(Bytes.fromHex("00")))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_anyBitOfTheKeyChanged_isNeverTrue(Bytes key, Bytes signature) {
    for (int bit = 0; bit < key.length() * 8; bit++) {
      byte[] tampered = key.toByteArray();
      tampered[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(verifies(Bytes.copyOf(tampered), signature)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void verify_ed25519_followsThePrivateHalf() throws WireException {
    PrivateKey privateKey = PrivateKey.decode(CRYPTO, KeyVectors.ED25519_PRIVATE);
    byte[] signature = privateKey.sign(CRYPTO, KeyVectors.GO_MESSAGE);
    PublicKey publicKey = PublicKey.decode(KeyVectors.ED25519_PUBLIC);
    assertThat(publicKey.verify(CRYPTO, KeyVectors.GO_MESSAGE, signature)).isTrue();
    signature[10] ^= 1;
    assertThat(publicKey.verify(CRYPTO, KeyVectors.GO_MESSAGE, signature)).isFalse();
  }

  /** A point that is not on its curve is not seen before it is used. */
  @ParameterizedTest
  @MethodSource("signed")
  void verify_pointOffTheCurveOrZeroSignature_isFalse(Bytes key, Bytes signature)
      throws WireException {
    PublicKey decoded = PublicKey.decode(key);
    assertThat(verify(decoded, Bytes.fromHex("3006020100020100"))).isFalse();
    assertThat(verify(decoded, Bytes.copyOf(new byte[signature.length()]))).isFalse();
    if (decoded.type() == KeyType.ECDSA) {
      byte[] data = decoded.data().toByteArray();
      data[data.length - 1] ^= 1;
      assertThat(verify(new PublicKey(KeyType.ECDSA, Bytes.copyOf(data)), signature)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', ends before the key's type",
    "0a, tag 10 where the key's type should have 8",
    "0804, 'has type 4, should have one of 0 to 3'",
    "088100, not in its shortest form",
    "0801, ends before the key's data",
    "08011a, tag 26 where the key's data should have 18",
    "08011200, 'has 0 bytes, should have 32'",
    "0801120100, 'has 1 bytes, should have 32'",
    "0801122000, announces 32 bytes of data",
    "120008, tag 18 where the key's type should have 8",
    "08021200, not a compressed point",
    "08031200, not an uncompressed point",
    "08001200, ends within an element",
  })
  void decode_malformed_saysWhatAndWhere(String hex, String message) {
    assertRefused(Bytes.fromHex(hex), message);
  }

  @Test
  void decode_otherEncodingOfAGoodKey_isRefused() {
    Bytes good = KeyVectors.ED25519_PUBLIC;
    Bytes type = good.slice(0, 2);
    Bytes data = good.slice(2, good.length());
    assertRefused(data.concat(type), "tag 18");
    assertRefused(good.concat(type), "announces 32 bytes of data, 34 follow");
    assertRefused(type.concat(good), "tag 8");
    assertRefused(data, "tag 18");
    assertRefused(good.concat(Bytes.fromHex("00")), "announces 32 bytes of data, 33 follow");
  }

  @Test
  void decode_rsaOfLessThan2048OrMoreThan8192Bits_isRefused() {
    assertRefused(rsa(2047, 17), "has 2047 bits, should have 2048 to 8192");
    assertRefused(rsa(8193, 17), "has 8193 bits, should have 2048 to 8192");
    assertRefused(rsa(512, 17), "has 512 bits");
    assertRefused(rsa(2048, 1), "exponent has 1 bits");
    assertRefused(rsa(2048, 1L << 31 | 1), "exponent has 32 bits");
    assertRefused(rsa(2048, 4), "both should be odd");
  }

  @Test
  void decode_rsaOf2048To8192Bits_isAcceptedAndFitsTheBound() throws WireException {
    assertThat(PublicKey.decode(rsa(2048, 3)).encode()).isEqualTo(rsa(2048, 3));
    Bytes largest = rsa(8192, Integer.MAX_VALUE);
    assertThat(PublicKey.decode(largest).encode()).isEqualTo(largest);
    assertThat(largest.length()).isLessThanOrEqualTo(PublicKey.ENCODED_BYTES_MAX);
  }

  @Test
  void new_dataOfAnotherType_isOurError() {
    assertThatThrownBy(() -> new PublicKey(KeyType.ED25519, Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("should have 32");
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_hostileInput_throwsNothingElse(long seed) {
    List<byte[]> corpus = ENCODED.stream().map(Bytes::toByteArray).toList();
    Hostile.fuzz(
        seed,
        corpus,
        input -> {
          Bytes bytes = Bytes.copyOf(input);
          PublicKey key = PublicKey.decode(bytes);
          assertThat(key.encode()).isEqualTo(bytes);
          return key;
        });
  }

  @ParameterizedTest
  @MethodSource("signed")
  void verify_numbersOutOfRange_isFalse(Bytes key, Bytes signature) throws WireException {
    PublicKey decoded = PublicKey.decode(key);
    List<BigInteger> numbers =
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.ONE.negate(),
            new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16),
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16),
            BigInteger.TWO.pow(256),
            BigInteger.TWO.pow(100_000));
    for (BigInteger r : numbers) {
      for (BigInteger s : numbers) {
        assertThat(verify(decoded, sequence(integer(r).concat(integer(s))))).isFalse();
      }
    }
  }

  private static boolean verify(PublicKey key, Bytes signature) {
    return key.verify(CRYPTO, KeyVectors.GO_MESSAGE, signature.toByteArray());
  }

  private static boolean verifies(Bytes key, Bytes signature) {
    try {
      return verify(PublicKey.decode(key), signature);
    } catch (WireException e) {
      return false;
    }
  }

  private static void assertRefused(Bytes encoded, String message) {
    assertThatThrownBy(() -> PublicKey.decode(encoded))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }

  /** The protobuf form of an RSA key whose odd modulus has {@code bits} bits. */
  private static Bytes rsa(int bits, long exponent) {
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    Bytes key = sequence(integer(modulus).concat(integer(BigInteger.valueOf(exponent))));
    Bytes algorithm = Bytes.fromHex("300d06092a864886f70d0101010500");
    Bytes info = sequence(algorithm.concat(element("03", Bytes.fromHex("00").concat(key))));
    return new KeyProtobuf(KeyType.RSA, info).encode();
  }

  private static Bytes sequence(Bytes contents) {
    return element("30", contents);
  }

  private static Bytes integer(BigInteger value) {
    return element("02", Bytes.copyOf(value.toByteArray()));
  }

  private static Bytes element(String tag, Bytes contents) {
    int length = contents.length();
    String hex =
        length < 0x80
            ? String.format("%02x", length)
            : length < 0x100 ? String.format("81%02x", length) : String.format("82%04x", length);
    return Bytes.fromHex(tag + hex).concat(contents);
  }
}
