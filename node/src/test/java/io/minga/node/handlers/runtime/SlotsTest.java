package io.minga.node.handlers.runtime;

import static io.minga.node.handlers.runtime.Recorder.LONG;
import static io.minga.node.handlers.runtime.Recorder.run;
import static io.minga.node.handlers.runtime.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent.Abandoned;
import io.minga.node.task.FunctionName;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SlotsTest extends SlotsFixture {
  @Test
  void run_ofManyTasks_isAnsweredInOrder() {
    offer("twice", (call, input) -> utf8(text(input) + text(input)));
    Slots slots = start(1);
    Run run = run("twice", inputs(Run.TASKS_MAX));

    assertThat(slots.submit(run)).isTrue();

    said.awaitAll(run);
    for (int i = 0; i < Run.TASKS_MAX; i++) {
      assertThat(said.value(run, i)).isEqualTo("in" + i + "in" + i);
    }
    assertThat(slots.counts().busy()).isZero();
  }

  @Test
  void handler_seesItsTaskAndAttempt() {
    offer("who", (call, input) -> utf8(call.task().index() + "/" + call.attempt()));
    Run run =
        new Run(
            Recorder.BATCH,
            new FunctionName("who"),
            3,
            LONG.toNanos(),
            new int[] {7, 200},
            new byte[2][0]);

    start(1).submit(run);

    assertThat(said.value(run, 0)).isEqualTo("7/3");
    assertThat(said.value(run, 1)).isEqualTo("200/3");
  }

  @Test
  void outcomes_areToldWhileTheRunGoesOn() {
    offer(
        "first-quick",
        (call, input) -> {
          if (call.task().index() == 2) {
            released.await();
          }
          return input;
        });
    Run run = run("first-quick", "a", "b", "c");

    start(1).submit(run);

    assertThat(said.value(run, 0)).isEqualTo("a");
    assertThat(said.value(run, 1)).isEqualTo("b");
    assertThat(said.outcomes(run, 2)).isEmpty();
    released.countDown();
    assertThat(said.value(run, 2)).isEqualTo("c");
    said.awaitAll(run);
  }

  @Test
  void unknownFunction_isAnOutcome() {
    Run run = run("nobody.has.it", "a", "b");
    start(1).submit(run);
    said.awaitAll(run);
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.UNKNOWN_FUNCTION);
    assertThat(said.failure(run, 1).message()).contains("nobody.has.it");
  }

  @Test
  void handlersThatThrow_giveOutcomes_andTheSlotLives() {
    offer(
        "throws",
        (call, input) -> {
          switch (text(input)) {
            case "checked" -> throw new java.io.IOException("the disk is gone");
            case "stack" -> deeper(0);
            case "memory" -> throw new OutOfMemoryError("as if");
            case "huge" -> {
              return new byte[Integer.MAX_VALUE];
            }
            case "input" -> throw HandlerException.badInput("a number is wanted");
            case "death" -> throw new ThreadDeath();
            case "assertion" -> throw new AssertionError("not so");
            case "null" -> {
              return nothing();
            }
            case "interrupts" -> Thread.currentThread().interrupt();
            default -> Thread.sleep(0); // throws if the one before left its interruption
          }
          return input;
        });
    String[] inputs = {
      "checked",
      "stack",
      "memory",
      "huge",
      "input",
      "death",
      "assertion",
      "null",
      "interrupts",
      "ok"
    };
    Slots slots = start(1);
    Run run = run("throws", inputs);

    slots.submit(run);

    said.awaitAll(run);
    assertThat(said.failure(run, 0).type()).isEqualTo("java.io.IOException");
    assertThat(said.failure(run, 0).message()).isEqualTo("the disk is gone");
    assertThat(said.failure(run, 0).stack()).contains("SlotsTest").doesNotContain("Worker");
    assertThat(said.failure(run, 1).type()).isEqualTo("java.lang.StackOverflowError");
    assertThat(utf8(said.failure(run, 1).stack()).length).isLessThanOrEqualTo(8 << 10);
    assertThat(said.failure(run, 2).message()).isEqualTo("as if");
    assertThat(said.failure(run, 3).type()).isEqualTo("java.lang.OutOfMemoryError");
    assertThat(said.failure(run, 4))
        .isEqualTo(Outcome.Failure.of(FailureKind.BAD_INPUT, "a number is wanted"));
    assertThat(said.failure(run, 5).kind()).isEqualTo(FailureKind.FAILED);
    assertThat(said.failure(run, 6).message()).endsWith("not so");
    assertThat(said.failure(run, 7).kind()).isEqualTo(FailureKind.BAD_RESULT);
    assertThat(said.value(run, 8)).isEqualTo("interrupts");
    assertThat(said.value(run, 9)).isEqualTo("ok");
    assertThat(slots.counts().abandoned()).isZero();
  }

  private static int deeper(int depth) {
    return depth < 0 ? 0 : deeper(depth + 1) + 1;
  }

  @SuppressWarnings("NullAway") // what a handler written without it does
  private static byte[] nothing() {
    return null;
  }

  @Test
  void result_thatIsTooLarge_isRefused() {
    offer("grow", (call, input) -> new byte[11]);
    Run run = run("grow", "a");
    start(SlotOptions.slots(1).withResultBytesMax(10)).submit(run);
    assertThat(said.failure(run, 0).kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(said.failure(run, 0).message()).contains("11 B").contains("10 B");
  }

  @Test
  void task_overItsTime_isInterrupted_andTheNextIsNot() {
    offer(
        "hang",
        (call, input) -> {
          if (text(input).equals("hang")) {
            released.await();
          }
          Thread.sleep(0); // throws if an interruption was left over
          return input;
        });
    Slots slots = start(1);
    Run run = run("hang", SHORT, "hang", "next");

    slots.submit(run);

    assertThat(said.failure(run, 0).kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(said.failure(run, 0).message()).isEqualTo("it ran for more than 50 ms");
    said.awaitAll(run);
    assertThat(slots.counts().abandoned()).isZero();
  }

  @Test
  void cancel_ofARunningTask_interruptsIt_andTheRestGoesOn() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    offer(
        "hang",
        (call, input) -> {
          if (text(input).equals("hang")) {
            inside.countDown();
            released.await();
          }
          return input;
        });
    Slots slots = start(1);
    Run run = run("hang", "a", "hang", "b", "c");
    slots.submit(run);
    inside.await();

    slots.cancel(run, 3);
    slots.cancel(run, 1);
    slots.cancel(run, 0); // too late

    said.awaitAll(run);
    assertThat(said.value(run, 0)).isEqualTo("a");
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(said.value(run, 2)).isEqualTo("b");
    assertThat(said.failure(run, 3).kind()).isEqualTo(FailureKind.CANCELLED);
  }

  @Test
  void cancel_ofAQueuedTask_keepsItFromStarting() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    offer(
        "first",
        (call, input) -> {
          inside.countDown();
          released.await();
          return input;
        });
    offer("second", (call, input) -> utf8(calls.incrementAndGet()));
    Slots slots = start(1);
    Run first = run("first", "a");
    Run second = run("second", inputs(Run.TASKS_MAX));
    slots.submit(first);
    inside.await();
    slots.submit(second);

    slots.cancel(second, 0);
    slots.cancel(second, 200);
    released.countDown();

    said.awaitAll(second);
    assertThat(said.failure(second, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(said.failure(second, 200).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(said.value(second, 1)).isEqualTo("1");
    assertThat(said.value(second, 8)).isEqualTo("8"); // 200 less 3 × 64
    assertThat(calls).hasValue(Run.TASKS_MAX - 2);
  }

  @Test
  void handlerThatIgnoresInterruption_losesItsThread_andTheSlotGoesOn() {
    AtomicBoolean knew = new AtomicBoolean();
    offer(
        "stubborn",
        (call, input) -> {
          if (text(input).equals("hang")) {
            ignoreInterruptions();
            knew.set(call.cancelled());
          }
          return input;
        });
    Slots slots = start(SlotOptions.slots(1).withGrace(SHORT));
    Run run = run("stubborn", SHORT, "a", "hang", "b");

    slots.submit(run);

    said.awaitAll(run);
    assertThat(said.value(run, 0)).isEqualTo("a");
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(said.failure(run, 1).message()).contains("did not return");
    assertThat(said.value(run, 2)).isEqualTo("b");
    Recorder.soon().until(() -> said.events().stream().anyMatch(Abandoned.class::isInstance));
    assertThat(said.events()).contains(new Abandoned(run.task(1), FailureKind.TIMED_OUT, 1));
    assertThat(slots.counts()).isEqualTo(new SlotCounts(1, 0, 0, 0, 1, 1));

    released.countDown();

    Recorder.soon().until(() -> slots.counts().stuck() == 0);
    assertThat(said.outcomes(run, 1)).hasSize(1);
    Recorder.soon().untilTrue(knew);
  }

  @Test
  void tooManyStuckThreads_costTheirSlots_untilOneReturns() {
    offer(
        "stubborn",
        (call, input) -> {
          ignoreInterruptions();
          return input;
        });
    offer("echo", (call, input) -> input);
    Slots slots = start(SlotOptions.slots(1).withGrace(SHORT).withAbandonedMax(0));
    Run run = run("stubborn", SHORT, "a");
    slots.submit(run);
    said.awaitAll(run);
    Recorder.soon().until(() -> slots.counts().slots() == 0);
    Run next = run("echo", "b");
    slots.submit(next);
    assertThat(said.outcomes(next, 0)).isEmpty();

    released.countDown();

    assertThat(said.value(next, 0)).isEqualTo("b");
    assertThat(slots.counts().slots()).isEqualTo(1);
  }

  @Test
  void fullQueue_refusesRuns() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    offer(
        "hang",
        (call, input) -> {
          inside.countDown();
          released.await();
          return input;
        });
    Slots slots = start(1);
    Run running = run("hang", "a");
    slots.submit(running);
    inside.await();
    Run twice = run("hang", "a");

    assertThat(slots.submit(twice)).isTrue();
    assertThatThrownBy(() -> slots.submit(twice)).isInstanceOf(IllegalStateException.class);
    assertThat(slots.submit(run("hang", "a"))).isTrue();
    assertThat(slots.submit(run("hang", "a"))).isFalse();
    assertThat(slots.counts().queued()).isEqualTo(2);
  }
}
