package io.minga.node.handlers.runtime;

import static io.minga.node.handlers.runtime.Recorder.run;
import static io.minga.node.handlers.runtime.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.Reply;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent.Ran;
import io.minga.node.task.FunctionName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that hold no slot while they wait, and slots that close. */
final class SlotsWaitingTest extends SlotsFixture {
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
