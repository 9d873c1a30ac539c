package io.minga.node.handlers.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.node.handlers.Handler;
import io.minga.node.task.FunctionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import org.junit.jupiter.api.Test;

final class FunctionsTest {
  private static final FunctionName A = new FunctionName("a");
  private static final FunctionName B = new FunctionName("b");
  private static final Handler.Computing ECHO = (call, input) -> input;

  private final List<List<FunctionName>> offers = new ArrayList<>();
  private final Functions functions = new Functions(names -> offers.add(List.copyOf(names)));

  @Test
  void everyChange_isTold() {
    functions.register(B, ECHO);
    functions.register(A, ECHO);
    assertThat(functions.unregister(B)).isTrue();
    assertThat(functions.unregister(B)).isFalse();

    assertThat(offers).containsExactly(List.of(B), List.of(A, B), List.of(A));
    assertThat(functions.names()).containsExactly(A);
    assertThat(functions.handler(A)).containsSame(ECHO);
    assertThat(functions.handler(B)).isEmpty();
  }

  @Test
  void names_areThoseOfTheirMoment() {
    functions.register(A, ECHO);
    NavigableSet<FunctionName> before = functions.names();
    functions.register(B, ECHO);
    assertThat(before).containsExactly(A);
    assertThatThrownBy(before::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void registerAll_takesAllOrNone() {
    functions.register(B, ECHO);
    assertThatThrownBy(() -> functions.registerAll(Map.of(A, ECHO, B, ECHO)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the function b is offered already");
    assertThat(functions.names()).containsExactly(B);
    assertThat(offers).hasSize(1);
  }
}
