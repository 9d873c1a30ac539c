package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "0",
        "-1",
        "123456789012345678901234567890",
        "1.5",
        "0.1",
        "1.0E300",
        "0.12345678901234567890123",
        "\"text \u6c34 \\\" \\n\"",
        "[]",
        "[1,[2,[]],{}]",
        "{\"a\":1,\"b\":[true,null],\"aa\":{\"x\":\"y\"}}"
      })
  void text_comesBackFromItsValue(String json) throws WireException {
    assertThat(Json.ofValue(Json.toValue(json))).isEqualTo(json);
  }

  @Test
  void typedText_hasTheBytesOfTheJavaValue() {
    record Point(int x, double y, Map<String, Integer> named) {}

    assertThat(Json.toValue(" { \"y\": 0.5, \"named\": {\"b\": 2, \"a\": 1}, \"x\": 3 } "))
        .isEqualTo(Values.codec(Point.class).encode(new Point(3, 0.5, Map.of("a", 1, "b", 2))));
  }

  @Test
  void typedNumbers_areTakenWhereTheyFit() throws WireException {
    assertThat(Values.codec(Double.class).decode(Json.toValue("5"))).isEqualTo(5.0);
    assertThat(Values.codec(Float.class).decode(Json.toValue("0.1"))).isEqualTo(0.1f);
    assertThat(Values.codec(Double.class).decode(Json.toValue("3.14159265358979323846")))
        .isEqualTo(Math.PI);
    assertThat(Values.codec(BigDecimal.class).decode(Json.toValue("0.1")))
        .isEqualTo(new BigDecimal("0.1"));
    assertThat(Values.codec(BigDecimal.class).decode(Json.toValue("7"))).isEqualTo("7");
    assertThat(Values.codec(Duration.class).decode(Json.toValue("\"PT5S\""))).hasSeconds(5);
    assertThat(Values.codec(new ValueType<Set<Integer>>() {}).decode(Json.toValue("[3,1,2]")))
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void whatJsonHasNoWordFor_isShown() throws WireException {
    assertThat(Json.ofValue(Values.codec(byte[].class).encode(new byte[] {-1, -2})))
        .isEqualTo("\"__4\"");
    assertThat(Json.ofValue(Values.codec(Double.class).encode(Double.NaN))).isEqualTo("\"NaN\"");
    assertThat(
            Json.ofValue(
                Values.codec(new ValueType<Map<Integer, String>>() {}).encode(Map.of(1, "a"))))
        .isEqualTo("{\"1\":\"a\"}");
    assertThat(Json.ofValue(Values.codec(BigInteger.class).encode(BigInteger.TEN.pow(40))))
        .isEqualTo("1" + "0".repeat(40));
    assertThat(
            Json.ofValue(
                Values.codec(new ValueType<List<BigDecimal>>() {}).encode(List.of(BigDecimal.TEN))))
        .isEqualTo("[10]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | the text is empty",
        "1 2 | more follows (line 1, column 3)",
        "{\"a\":1,\"a\":2} | Duplicate",
        "{\"a\" | line 1",
        "[1,] | line 1, column",
        "nul | no JSON",
        "1e99999 | exponent",
        "1e99999999999 | exponent",
        "'a' | no JSON"
      })
  void wrongText_isRefused_withItsPlace(String json, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.toValue(json))
        .withMessageContaining(message);
  }

  @Test
  void deepText_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.toValue("[".repeat(100_000)))
        .withMessageContaining("64");
  }
}
