package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of RFC 8949, appendix A, that are of our types and in the deterministic encoding.
 */
final class CborVectorsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "10, 0a",
    "23, 17",
    "24, 1818",
    "25, 1819",
    "100, 1864",
    "1000, 1903e8",
    "1000000, 1a000f4240",
    "1000000000000, 1b000000e8d4a51000",
    "18446744073709551615, 1bffffffffffffffff",
    "18446744073709551616, c249010000000000000000",
    "-18446744073709551616, 3bffffffffffffffff",
    "-18446744073709551617, c349010000000000000000",
    "-1, 20",
    "-10, 29",
    "-100, 3863",
    "-1000, 3903e7"
  })
  void integer(BigInteger value, String hex) throws WireException {
    check(Values.codec(BigInteger.class), value, hex);
    if (value.bitLength() < Long.SIZE) {
      check(Values.codec(Long.class), value.longValueExact(), hex);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0, f90000",
    "-0.0, f98000",
    "1.0, f93c00",
    "1.1, fb3ff199999999999a",
    "1.5, f93e00",
    "65504.0, f97bff",
    "100000.0, fa47c35000",
    "3.4028234663852886e+38, fa7f7fffff",
    "1.0e+300, fb7e37e43c8800759c",
    "5.960464477539063e-8, f90001",
    "0.00006103515625, f90400",
    "-4.0, f9c400",
    "-4.1, fbc010666666666666",
    "Infinity, f97c00",
    "NaN, f97e00",
    "-Infinity, f9fc00"
  })
  void floating(double value, String hex) throws WireException {
    check(Values.codec(Double.class), value, hex);
    if (Double.isNaN(value) || (float) value == value) {
      check(Values.codec(Float.class), (float) value, hex);
    }
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(Values.codec(Boolean.class), false, "f4"),
        Arguments.of(Values.codec(Boolean.class), true, "f5"),
        Arguments.of(Values.codec(Void.class), null, "f6"),
        Arguments.of(Values.codec(byte[].class), new byte[0], "40"),
        Arguments.of(Values.codec(byte[].class), new byte[] {1, 2, 3, 4}, "4401020304"),
        Arguments.of(Values.codec(String.class), "", "60"),
        Arguments.of(Values.codec(String.class), "a", "6161"),
        Arguments.of(Values.codec(String.class), "IETF", "6449455446"),
        Arguments.of(Values.codec(String.class), "\"\\", "62225c"),
        Arguments.of(Values.codec(String.class), "\u00fc", "62c3bc"),
        Arguments.of(Values.codec(String.class), "\u6c34", "63e6b0b4"),
        Arguments.of(Values.codec(String.class), "\ud800\udd51", "64f0908591"),
        Arguments.of(Values.codec(BigDecimal.class), new BigDecimal("273.15"), "c48221196ab3"),
        Arguments.of(Values.codec(new ValueType<List<Integer>>() {}), List.of(), "80"),
        Arguments.of(Values.codec(new ValueType<List<Integer>>() {}), List.of(1, 2, 3), "83010203"),
        Arguments.of(
            Values.codec(new ValueType<List<Integer>>() {}),
            IntStream.rangeClosed(1, 25).boxed().toList(),
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
        Arguments.of(Values.codec(new ValueType<Map<Integer, Integer>>() {}), Map.of(), "a0"),
        Arguments.of(
            Values.codec(new ValueType<Map<Integer, Integer>>() {}),
            Map.of(3, 4, 1, 2),
            "a201020304"),
        Arguments.of(
            Values.codec(new ValueType<Map<String, String>>() {}),
            Map.of("e", "E", "d", "D", "c", "C", "b", "B", "a", "A"),
            "a56161614161626142616361436164614461656145"));
  }

  @ParameterizedTest
  @MethodSource("others")
  <T> void other(Codec<T> codec, T value, String hex) throws WireException {
    check(codec, value, hex);
  }

  private static <T> void check(Codec<T> codec, T value, String hex) throws WireException {
    assertThat(codec.encode(value)).asHexString().isEqualToIgnoringCase(hex);
    assertThat(codec.decode(HexFormat.of().parseHex(hex))).isEqualTo(value);
  }
}
