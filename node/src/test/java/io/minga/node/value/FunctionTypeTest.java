package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.wire.WireException;
import io.minga.node.task.FunctionName;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FunctionTypeTest {
  private final FunctionType<List<String>, Integer> count =
      new FunctionType<>(
          new FunctionName("word.count"),
          Values.codec(new ValueType<List<String>>() {}),
          Values.codec(Integer.class),
          99);

  @Test
  void values_comeBack() throws WireException {
    assertThat(count.decodeArgument(count.encodeArgument(List.of("a", "b"))))
        .containsExactly("a", "b");
    assertThat(count.decodeResult(count.encodeResult(2))).isEqualTo(2);
  }

  @Test
  void wrongBytes_areRefused_inTheNameOfTheFunction() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> count.decodeArgument(new byte[] {(byte) 0x81, 5}))
        .withMessage(
            "function word.count, argument of type List<String>, of 2 B: element 0: a text is"
                + " expected at byte 1, but there is an integer");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> count.decodeResult(new byte[100]))
        .withMessage(
            "function word.count, result of type Integer: 100 B came, but at most 99 are carried");
  }

  @Test
  void valueThatIsTooLarge_isRefused_withItsSize() {
    assertThatExceptionOfType(ValueException.class)
        .isThrownBy(() -> count.encodeArgument(List.of("x".repeat(97))))
        .withMessage(
            "function word.count, argument of type List<String>: it has 100 B, but at most 99 are"
                + " carried");
  }

  @Test
  void valueThatDoesNotFit_isRefused_inTheNameOfTheFunction() {
    assertThatExceptionOfType(ValueException.class)
        .isThrownBy(() -> count.encodeArgument(List.of("", "\udc00")))
        .withMessage(
            "function word.count, argument of type List<String>: element 1: a text has half of a"
                + " surrogate pair at character 0");
  }

  @Test
  void limit_beyondAllValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new FunctionType<>(count.name(), count.argument(), count.result(), 100 << 20));
  }
}
