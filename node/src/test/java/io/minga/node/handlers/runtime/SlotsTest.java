package io.minga.node.handlers.runtime;

import static io.minga.node.handlers.runtime.Recorder.LONG;
import static io.minga.node.handlers.runtime.Recorder.run;
import static io.minga.node.handlers.runtime.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Reply;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent.Abandoned;
import io.minga.node.handlers.SlotEvent.Ran;
import io.minga.node.task.FunctionName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SlotsTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final Recorder said = new Recorder();
  private final Functions functions = new Functions(names -> {});
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Slots> started = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    released.countDown();
    started.forEach(Slots::close);
    Recorder.soon().until(() -> threads() == 0);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(it -> it.getName().startsWith("minga-slot"))
        .count();
  }

  private Slots start(SlotOptions options) {
    Slots slots = Slots.start(options, functions, said);
    started.add(slots);
    return slots;
  }

  private Slots start(int slots) {
    return start(SlotOptions.slots(slots));
  }

  private void offer(String name, Handler.Computing handler) {
    functions.register(new FunctionName(name), handler);
  }

  private void offerAsync(String name, Handler.Asynchronous handler) {
    functions.register(new FunctionName(name), handler);
  }

  /** Waits whatever happens: the handler that ignores its interruption. */
  private void ignoreInterruptions() {
    boolean waiting = true;
    while (waiting) {
      try {
        released.await();
        waiting = false;
      } catch (InterruptedException ignored) {
        // that is the point
      }
    }
  }

  private static String[] inputs(int count) {
    return IntStream.range(0, count).mapToObj(i -> "in" + i).toArray(String[]::new);
  }

  @Test
  void run_ofManyTasks_isAnsweredInOrder() {
    offer("twice", (call, input) -> utf8(text(input) + text(input)));
    Slots slots = start(1);
    Run run = run("twice", inputs(64));

    assertThat(slots.submit(run)).isTrue();

    said.awaitAll(run);
    for (int i = 0; i < 64; i++) {
      assertThat(said.value(run, i)).isEqualTo("in" + i + "in" + i);
    }
    assertThat(slots.counts().busy()).isZero();
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
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
    assertThat(said.failure(run, 0).message()).isEqualTo("java.io.IOException: the disk is gone");
    assertThat(said.failure(run, 0).stack()).contains("SlotsTest").doesNotContain("Worker");
    assertThat(said.failure(run, 1).message()).startsWith("java.lang.StackOverflowError");
    assertThat(utf8(said.failure(run, 1).stack()).length).isLessThanOrEqualTo(8 << 10);
    assertThat(said.failure(run, 2).message()).isEqualTo("java.lang.OutOfMemoryError: as if");
    assertThat(said.failure(run, 3).message()).startsWith("java.lang.OutOfMemoryError");
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
    assertThat(said.failure(run, 0).message()).contains("50 ms");
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
    Run second = run("second", "a", "b");
    slots.submit(first);
    inside.await();
    slots.submit(second);

    slots.cancel(second, 0);
    released.countDown();

    said.awaitAll(second);
    assertThat(said.failure(second, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(said.value(second, 1)).isEqualTo("1");
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

  @Test
  void asynchronousTask_freesItsSlot_andIsToldWhenItReplies() {
    CompletableFuture<byte[]> later = new CompletableFuture<>();
    functions.register(new FunctionName("later"), Stages.handler((call, input) -> later));
    offer("echo", (call, input) -> input);
    Slots slots = start(1);
    Run run = run("later", "a", "b");
    slots.submit(run);
    Recorder.soon().until(() -> said.answers(run).stream().anyMatch(Ran::slotFree));
    assertThat(slots.counts().parked()).isEqualTo(2);
    Run echo = run("echo", "e");
    slots.submit(echo);
    assertThat(said.value(echo, 0)).isEqualTo("e");

    later.complete(utf8("done"));

    said.awaitAll(run);
    assertThat(said.value(run, 0)).isEqualTo("done");
    assertThat(said.value(run, 1)).isEqualTo("done");
    assertThat(slots.counts().parked()).isZero();
  }

  @Test
  void asynchronousTask_thatRepliesAtOnce_isLikeAnyOther() {
    offerAsync(
        "now",
        (call, input, reply) -> {
          if (text(input).equals("bad")) {
            reply.complete(input);
            throw new IllegalStateException("after the reply");
          }
          if (text(input).equals("throws")) {
            throw new IllegalStateException("before it");
          }
          reply.complete(input);
          reply.fail(new IllegalStateException("second"));
        });
    Slots slots = start(1);
    Run run = run("now", "a", "bad", "throws");
    slots.submit(run);
    said.awaitAll(run);
    assertThat(said.value(run, 0)).isEqualTo("a");
    assertThat(said.value(run, 1)).isEqualTo("bad");
    assertThat(said.failure(run, 2).message()).endsWith("before it");
    assertThat(slots.counts().parked()).isZero();
  }

  @Test
  void parkedTasks_areCancelledAndTimedOut() {
    Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    CountDownLatch told = new CountDownLatch(2);
    offerAsync(
        "never",
        (call, input, reply) -> {
          replies.add(reply);
          reply.onCancel(told::countDown);
        });
    Slots slots = start(1);
    Run cancelled = run("never", "a");
    Run late = run("never", SHORT, "a");
    slots.submit(cancelled);
    slots.submit(late);
    Recorder.soon().until(() -> replies.size() == 2);

    slots.cancel(cancelled, 0);

    assertThat(said.failure(cancelled, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(said.failure(late, 0).kind()).isEqualTo(FailureKind.TIMED_OUT);
    Recorder.soon().until(() -> told.getCount() == 0);
    replies.forEach(it -> it.complete(new byte[0])); // too late
    assertThat(said.outcomes(cancelled, 0)).hasSize(1);
    assertThat(said.outcomes(late, 0)).hasSize(1);
    Recorder.soon().until(() -> slots.counts().parked() == 0);
  }

  @Test
  void tooManyParkedTasks_areRefusedBeforeTheyStart() {
    Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    offerAsync("later", (call, input, reply) -> replies.add(reply));
    Slots slots = start(SlotOptions.slots(1).withParkedMax(2));
    Run run = run("later", "a", "b", "c");
    slots.submit(run);
    assertThat(said.failure(run, 2).kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(replies).hasSize(2);
    replies.forEach(it -> it.complete(new byte[0]));
    said.awaitAll(run);
    Run next = run("later", "a");
    replies.clear();
    slots.submit(next);
    Recorder.soon().until(() -> !replies.isEmpty());
    Objects.requireNonNull(replies.poll()).complete(utf8("z"));
    assertThat(said.value(next, 0)).isEqualTo("z");
  }

  @Test
  void blockingHandler_holdsASlotOnlyWhereThereAreNoVirtualThreads() {
    Handler.Blocking handler =
        (call, input) -> {
          released.await();
          return input;
        };
    functions.register(new FunctionName("wait"), handler);
    Slots slots = start(1);
    Run run = run("wait", "a");
    Run late = run("wait", SHORT, "b");
    slots.submit(run);
    slots.submit(late);
    if (VirtualThreads.present()) {
      assertThat(said.failure(late, 0).kind()).isEqualTo(FailureKind.TIMED_OUT);
      assertThat(said.outcomes(run, 0)).isEmpty();
      slots.cancel(run, 0);
      assertThat(said.failure(run, 0).kind()).isEqualTo(FailureKind.CANCELLED);
      Recorder.soon().until(() -> slots.counts().parked() == 0);
    } else {
      Recorder.soon().until(() -> slots.counts().busy() == 1);
      assertThat(slots.counts().parked()).isZero();
      released.countDown();
      assertThat(said.value(run, 0)).isEqualTo("a");
    }
  }

  @Test
  void close_givesEveryTaskAnOutcome() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch parked = new CountDownLatch(1);
    offerAsync("never", (call, input, reply) -> parked.countDown());
    offer(
        "hang",
        (call, input) -> {
          inside.countDown();
          released.await();
          return input;
        });
    Slots slots = start(1);
    Run never = run("never", "a");
    slots.submit(never);
    parked.await();
    Run running = run("hang", "a", "b");
    slots.submit(running);
    inside.await();
    Run queued = run("hang", inputs(64));
    slots.submit(queued);

    slots.close();

    for (Run run : List.of(never, running, queued)) {
      said.awaitAll(run);
      for (int i = 0; i < run.size(); i++) {
        assertThat(said.failure(run, i).kind()).isEqualTo(FailureKind.CANCELLED);
      }
    }
    assertThat(slots.submit(run("hang", "a"))).isFalse();
    assertThat(slots.counts().slots()).isZero();
  }

  @Test
  void close_leavesStuckThreads() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    offer(
        "stubborn",
        (call, input) -> {
          inside.countDown();
          ignoreInterruptions();
          return input;
        });
    Slots slots = start(SlotOptions.slots(1).withGrace(SHORT));
    Run run = run("stubborn", "a", "b");
    slots.submit(run);
    inside.await();

    slots.close();

    said.awaitAll(run);
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.CANCELLED);
    assertThat(slots.counts().stuck()).isEqualTo(1);
  }

  /** Cancels, times out and replies at once, on several slots: each task has one outcome. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyTask_hasOneOutcome_whateverHappensAtOnce(long seed) {
    java.util.SplittableRandom random = new java.util.SplittableRandom(Long.getLong("seed", seed));
    Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    offerAsync(
        "mixed",
        (call, input, reply) -> {
          switch (input[0] % 4) {
            case 0 -> reply.complete(input);
            case 1 -> replies.add(reply);
            case 2 -> throw new IllegalStateException();
            default -> {
              while (!call.cancelled()) {
                Thread.onSpinWait();
              }
            }
          }
        });
    offer(
        "plain",
        (call, input) -> {
          if (input[0] % 8 == 0) {
            released.await();
          }
          return input;
        });
    Slots slots = start(3);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int size = random.nextInt(1, 9);
      String[] inputs = new String[size];
      for (int k = 0; k < size; k++) {
        inputs[k] = String.valueOf((char) ('0' + random.nextInt(64)));
      }
      Run run = run(random.nextBoolean() ? "mixed" : "plain", Duration.ofMillis(2), inputs);
      Recorder.soon().until(() -> slots.submit(run));
      runs.add(run);
      slots.cancel(runs.get(random.nextInt(runs.size())), random.nextInt(size));
      Reply reply = random.nextBoolean() ? replies.poll() : null;
      if (reply != null) {
        reply.complete(utf8("r"));
      }
    }
    runs.forEach(said::awaitAll);
    Recorder.soon().until(() -> slots.counts().parked() == 0);
    assertThat(slots.counts().busy()).isZero();
    assertThat(slots.counts().queued()).isZero();
  }
}
