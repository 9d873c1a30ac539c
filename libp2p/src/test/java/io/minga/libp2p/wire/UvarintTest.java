package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UvarintTest {
  /** The examples of the unsigned-varint specification, and the ends of each length. */
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16383, ff7f",
    "16384, 808001",
    "2097151, ffff7f",
    "2097152, 80808001",
    "268435455, ffffff7f",
    "268435456, 8080808001",
    "4294967295, ffffffff0f",
    "72057594037927935, ffffffffffffff7f",
    "72057594037927936, 808080808080808001",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void encode_vector_roundTrips(long value, String hex) throws WireException {
    assertThat(Uvarint.encode(value)).isEqualTo(Bytes.fromHex(hex));
    assertThat(Uvarint.length(value)).isEqualTo(hex.length() / 2);
    ByteBuffer in = Bytes.fromHex(hex + "55").asReadOnlyBuffer();
    assertThat(Uvarint.decode(in)).isEqualTo(value);
    assertThat(in.remaining()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8100", "8000", "808000", "ffffffffffffffff00"})
  void decode_notShortest_isRefused(String hex) {
    assertThatThrownBy(() -> Uvarint.decode(Bytes.fromHex(hex).asReadOnlyBuffer()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("shortest form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "ffff", "8080808080808080"})
  void decode_cutShort_isRefused(String hex) {
    assertThatThrownBy(() -> Uvarint.decode(Bytes.fromHex(hex).asReadOnlyBuffer()))
        .isInstanceOf(WireException.class)
        .hasMessage("varint ends after " + hex.length() / 2 + " bytes without its last one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffffffffffffffffff01", "80808080808080808001", "ffffffffffffffffffff"})
  void decode_longerThanNineBytes_isRefused(String hex) {
    assertThatThrownBy(() -> Uvarint.decode(Bytes.fromHex(hex).asReadOnlyBuffer()))
        .isInstanceOf(WireException.class)
        .hasMessage("varint is longer than 9 bytes");
  }

  @Test
  void encode_negative_isOurMistake() {
    assertThatThrownBy(() -> Uvarint.encode(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Uvarint.length(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decodeLength_aboveTheLimitOrTheRest_isRefused() throws WireException {
    assertThat(Uvarint.decodeLength(Bytes.fromHex("020000").asReadOnlyBuffer(), 2)).isEqualTo(2);
    assertThatThrownBy(() -> Uvarint.decodeLength(Bytes.fromHex("03ffffff").asReadOnlyBuffer(), 2))
        .hasMessage("length 3 is above the limit of 2 B");
    assertThatThrownBy(() -> Uvarint.decodeLength(Bytes.fromHex("03ffff").asReadOnlyBuffer(), 3))
        .hasMessage("length is 3, but only 2 B follow");
    assertThatThrownBy(
            () ->
                Uvarint.decodeLength(
                    Bytes.fromHex("ffffffffffffffff7f").asReadOnlyBuffer(), Integer.MAX_VALUE))
        .isInstanceOf(WireException.class);
  }

  @Test
  void decode_hostileInputs_onlyTheShortestFormIsAccepted() {
    List<byte[]> corpus =
        List.of(Bytes.fromHex("00").toByteArray(), Uvarint.encode(Long.MAX_VALUE).toByteArray());
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          ByteBuffer in = ByteBuffer.wrap(input);
          long value = Uvarint.decode(in);
          assertThat(Uvarint.encode(value).toByteArray())
              .isEqualTo(Bytes.copyOf(input, 0, in.position()).toByteArray());
          return value;
        });
  }
}
