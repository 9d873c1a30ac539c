package io.minga.libp2p.multiformats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TextBasesTest {
  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  /** Bitcoin's vectors, and those of the Internet draft on base58 (the last three). */
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "61, 2g",
    "626262, a3gV",
    "636363, aPEr",
    "73696d706c792061206c6f6e6720737472696e67, 2cFupjhnEsSn59qHXstmK2ffpLv2",
    "00eb15231dfceb60925886b67d065299925915aeb172c06647, 1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L",
    "516b6fcd0f, ABnLTmg",
    "bf4f89001e670274dd, 3SEo3LWLoPntC",
    "572e4794, 3EFU7m",
    "ecac89cad93923c02321, EJDM8drfXA6uyA",
    "10c8511e, Rt5zm",
    "00000000000000000000, 1111111111",
    "000111d38e5fc9071ffcd20b4a763cc9ae4f252bb4e48fd66a835e252ada93ff480d6dd43dc62a641155a5,"
        + " 123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "48656c6c6f20576f726c6421, 2NEpo7TZRRrLZSi2U",
    "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e,"
        + " USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
    "0000287fb4cd, 11233QC4"
  })
  void base58_vector_bothWays(String hex, String text) throws WireException {
    assertThat(Base58.encode(Bytes.fromHex(hex))).isEqualTo(text);
    assertThat(Base58.decode(text)).isEqualTo(Bytes.fromHex(hex));
  }

  @ParameterizedTest
  @CsvSource({"0,1", "2O,2", "22I2,3", "l2,1", "'2 ',2", "2Ł,2", "2é,2"})
  void base58_badCharacter_isRefusedWithItsPosition(String text, int position) {
    assertThatThrownBy(() -> Base58.decode(text))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(" at position " + position + " is not in the alphabet of base58btc");
  }

  @Test
  void base58_tooLong_isRefused() throws WireException {
    byte[] most = new byte[Base58.BYTES_MAX];
    java.util.Arrays.fill(most, (byte) 0xff);
    String text = Base58.encode(Bytes.copyOf(most));
    assertThat(text.length()).isLessThanOrEqualTo(Base58.TEXT_LENGTH_MAX);
    assertThat(Base58.decode(text)).isEqualTo(Bytes.copyOf(most));
    assertThatThrownBy(() -> Base58.encode(Bytes.copyOf(new byte[Base58.BYTES_MAX + 1])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Base58.decode("2".repeat(Base58.TEXT_LENGTH_MAX + 1)))
        .hasMessage("base58 of 1401 characters is above 1400");
  }

  /** RFC 4648, section 10, in lower case and without padding. */
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "f, my",
    "fo, mzxq",
    "foo, mzxw6",
    "foob, mzxw6yq",
    "fooba, mzxw6ytb",
    "foobar, mzxw6ytboi"
  })
  void base32_vector_bothWays(String plain, String text) throws WireException {
    assertThat(Base32.encode(Bytes.utf8(plain))).isEqualTo(text);
    assertThat(Base32.decode(text)).isEqualTo(Bytes.utf8(plain));
  }

  @ParameterizedTest
  @CsvSource({
    "MY, 'M' at position 1 is not in the alphabet of base32 (a-z and 2-7)",
    "my======, '=' at position 3 is not in the alphabet of base32 (a-z and 2-7)",
    "m1, '1' at position 2 is not in the alphabet of base32 (a-z and 2-7)",
    "m, base32 of 1 characters is cut short",
    "mzx, base32 of 3 characters is cut short",
    "mzxw6y, base32 of 6 characters is cut short",
    "mz, the last character of the base32 text has bits that nothing needs",
    "mzxr, the last character of the base32 text has bits that nothing needs"
  })
  void base32_notStrict_isRefused(String text, String message) {
    assertThatThrownBy(() -> Base32.decode(text))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  /** The multibase specification's basic, leading_zero and two_leading_zeros vectors. */
  @ParameterizedTest
  @CsvSource({
    "BASE16, '', f796573206d616e692021",
    "BASE32, '', bpfsxgidnmfxgsibb",
    "BASE58_BTC, '', z7paNL19xttacUY",
    "BASE64, '', meWVzIG1hbmkgIQ",
    "BASE64_URL, '', ueWVzIG1hbmkgIQ",
    "BASE16, 00, f00796573206d616e692021",
    "BASE32, 00, bab4wk4zanvqw42jaee",
    "BASE58_BTC, 00, z17paNL19xttacUY",
    "BASE64, 00, mAHllcyBtYW5pICE",
    "BASE64_URL, 00, uAHllcyBtYW5pICE",
    "BASE16, 0000, f0000796573206d616e692021",
    "BASE32, 0000, baaahszltebwwc3tjeaqq",
    "BASE58_BTC, 0000, z117paNL19xttacUY",
    "BASE64, 0000, mAAB5ZXMgbWFuaSAh",
    "BASE64_URL, 0000, uAAB5ZXMgbWFuaSAh"
  })
  void multibase_vector_bothWays(Multibase base, String zeros, String text) throws WireException {
    Bytes plain = Bytes.fromHex(zeros).concat(Bytes.utf8("yes mani !"));
    assertThat(base.encode(plain)).isEqualTo(text);
    assertThat(Multibase.decode(text)).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'multibase text is empty, not even a prefix'",
    "k2lcpzo5yikidynfl, 'multibase prefix ''k'' is none of b (base32), z (base58btc), f (base16),"
        + " m and u (base64)'",
    "f0, base16 of 1 characters is cut short",
    "fAA, '''A'' at position 1 is not in the alphabet of base16 (0-9 and a-f)'",
    "mAA==, 'text is not base64 (A-Z, a-z, 0-9, + and /, no padding, no stray last bits)'",
    "mAB, 'text is not base64 (A-Z, a-z, 0-9, + and /, no padding, no stray last bits)'",
    "m-_, 'text is not base64 (A-Z, a-z, 0-9, + and /, no padding, no stray last bits)'",
    "u+/, 'text is not base64url (A-Z, a-z, 0-9, - and _, no padding, no stray last bits)'",
    "uA, 'text is not base64url (A-Z, a-z, 0-9, - and _, no padding, no stray last bits)'"
  })
  void multibase_wrong_isRefusedWithTheReason(String text, String message) {
    assertThatThrownBy(() -> Multibase.decode(text))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @Test
  void multibase_prefixThatIsNotVisible_isEscaped() {
    assertThatThrownBy(() -> Multibase.decode("\u001b[2J"))
        .hasMessageStartingWith("multibase prefix '\\u001b' is none of");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void multibase_anyBytes_roundTripInEveryBase(long seed) throws WireException {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    java.util.Arrays.fill(bytes, 0, random.nextInt(bytes.length / 4 + 1), (byte) 0);
    for (Multibase base : Multibase.values()) {
      assertThat(Multibase.decode(base.encode(Bytes.copyOf(bytes)))).isEqualTo(Bytes.copyOf(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"f00ff", "baaahszltebwwc3tjeaqq", "z117paNL19xttacUY", "uAHllcyBtYW5pICE"})
  void multibase_hostileText_isTheOneTextOfItsBytes(String good) {
    Hostile.fuzz(
        1,
        Hostile.inputs() / 4,
        List.of(good.getBytes(ISO_8859_1)),
        input -> {
          String text = new String(input, ISO_8859_1);
          Bytes bytes = Multibase.decode(text);
          boolean again = false;
          for (Multibase base : Multibase.values()) {
            again |= base.encode(bytes).equals(text);
          }
          assertThat(again).isTrue();
          return bytes;
        });
  }
}
