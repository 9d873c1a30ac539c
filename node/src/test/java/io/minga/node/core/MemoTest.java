package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MemoTest {
  private static final FunctionName WORK = new FunctionName("work");
  private static final Outcome VALUE = new Outcome.Value(Payload.of(Bytes.copyOf(new byte[] {42})));
  private static final Outcome FAILURE =
      new Outcome.Failure(Outcome.Kind.HANDLER, "", "no luck", "");

  private final NodeOptions options = NodeOptions.of("test", 1);
  private final Memo memo = new Memo(options, new Remembered(options));
  private final List<Effect> out = new ArrayList<>();

  private static Submission call(int input) {
    Payload bytes = Payload.of(Bytes.copyOf(new byte[] {(byte) input}));
    return new Submission("caller", WORK, Policy.DEFAULT, true, 1_000, 1, false, List.of(bytes));
  }

  private static Effect ended(@Nullable Submission call, Outcome outcome) {
    return new Effect.Complete(Objects.requireNonNull(call), 0, outcome, null, 1);
  }

  private static Effect answered(Submission call, Outcome outcome, int attempts) {
    return new Effect.Complete(call, 0, outcome, null, attempts);
  }

  @Test
  void equalCalls_areMadeOnce_andAllAnswered() {
    Submission one = call(1);
    Submission two = call(1);
    Submission other = call(2);

    Submission made = memo.submit(one, out);

    assertThat(made).isNotNull().isNotSameAs(one);
    assertThat(memo.submit(two, out)).isNull();
    assertThat(memo.submit(other, out)).isNotNull();
    assertThat(memo.answer(List.of(ended(made, VALUE))))
        .containsExactly(answered(one, VALUE, 1), answered(two, VALUE, 1));
    assertThat(out).isEmpty();
  }

  @Test
  void value_isRemembered_andAFailureIsNot() {
    memo.answer(List.of(ended(memo.submit(call(1), out), VALUE)));
    memo.answer(List.of(ended(memo.submit(call(2), out), FAILURE)));
    Submission again = call(1);

    assertThat(memo.submit(again, out)).isNull();
    assertThat(out).containsExactly(answered(again, VALUE, 0));
    assertThat(memo.submit(call(2), out)).isNotNull();
  }

  @Test
  void cancelledCall_isGivenUpWhenNobodyWaits() {
    Submission one = call(1);
    Submission two = call(1);
    Submission made = memo.submit(one, out);
    memo.submit(two, out);

    assertThat(memo.cancel(one, 0, out)).isEmpty();
    assertThat(memo.cancel(two, -1, out))
        .containsExactly(new Memo.Unwanted(Objects.requireNonNull(made), 0));
    assertThat(memo.cancel(two, -1, out)).isEmpty();
    assertThat(out).extracting(it -> ((Effect.Complete) it).submission()).containsExactly(one, two);
    assertThat(memo.answer(List.of(ended(made, FAILURE)))).isEmpty();
    assertThat(memo.submit(call(1), out)).isNotNull();
  }

  @Test
  void job_makesEachDifferentCallOnce_alsoOfOthersInFlight() {
    Submission single = call(2);
    Submission made = memo.submit(single, out);
    Submission job = job(1, 2, 1, 3);

    Submission rest = Objects.requireNonNull(memo.submit(job, out));

    assertThat(rest.size()).isEqualTo(2);
    assertThat(memo.joined()).isEqualTo(2);
    assertThat(memo.answer(List.of(new Effect.Complete(rest, 0, VALUE, null, 1))))
        .containsExactly(
            new Effect.Complete(job, 0, VALUE, null, 1),
            new Effect.Complete(job, 2, VALUE, null, 1));
    assertThat(memo.answer(List.of(ended(made, FAILURE))))
        .containsExactly(
            answered(single, FAILURE, 1), new Effect.Complete(job, 1, FAILURE, null, 1));
    assertThat(memo.joined()).isZero();
  }

  @Test
  void oneCallOfAJob_isCancelledAlone() {
    Submission one = job(1, 2);
    Submission two = job(2, 3);
    Submission made = Objects.requireNonNull(memo.submit(one, out));
    memo.submit(two, out);

    assertThat(memo.cancel(one, -1, out)).containsExactly(new Memo.Unwanted(made, 0));
    assertThat(out).extracting(it -> ((Effect.Complete) it).submission()).containsOnly(one);
    assertThat(memo.answer(List.of(new Effect.Complete(made, 1, VALUE, null, 1))))
        .containsExactly(new Effect.Complete(two, 0, VALUE, null, 1));
  }

  private static Submission job(int... inputs) {
    List<Payload> payloads = new ArrayList<>();
    for (int input : inputs) {
      payloads.add(Payload.of(Bytes.of(input)));
    }
    return new Submission("job", WORK, Policy.DEFAULT, true, 1_000, 4, false, payloads);
  }

  @Test
  void leastRecentlyUsedValues_areForgotten() {
    Outcome large = new Outcome.Value(Payload.of(Bytes.copyOf(new byte[60_000])));
    for (int i = 0; i < 100; i++) {
      for (int more = 0; more < 20; more++) { // 120 MB in all, and 64 MiB are kept
        Payload input = Payload.of(Bytes.copyOf(new byte[] {(byte) i, (byte) more}));
        Submission call =
            new Submission("caller", WORK, Policy.DEFAULT, true, 1_000, 1, false, List.of(input));
        memo.answer(List.of(ended(memo.submit(call, out), large)));
      }
      if (i == 0) {
        memo.answer(List.of(ended(memo.submit(call(3), out), VALUE)));
      } else {
        int before = out.size();
        assertThat(memo.submit(call(3), out)).isNull();
        assertThat(out).hasSize(before + 1);
      }
    }
    Payload first = Payload.of(Bytes.copyOf(new byte[] {0, 0}));
    assertThat(
            memo.submit(
                new Submission(
                    "caller", WORK, Policy.DEFAULT, true, 1_000, 1, false, List.of(first)),
                out))
        .isNotNull();
  }
}
