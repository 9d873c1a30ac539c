package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.minga.libp2p.HostException;
import io.minga.node.Neighbours.Wire;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.task.Outcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What programs hear of their tasks, and how they stop them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TaskStoriesTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static List<TaskInfo> tasks(Peer peer, TaskState state) {
    return peer.tasks(EnumSet.of(state), 1_000);
  }

  private static List<What> whats(List<TaskEvent> events) {
    return events.stream().map(TaskEvent::what).toList();
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void taskThatFailsTwice_hasAStoryWithThreeAttempts(Wire wire) throws HostException {
    try (Neighbours pair = Neighbours.start(wire, 2, 1)) {
      AtomicInteger attempts = new AtomicInteger();
      pair.peer(1)
          .register(
              "flaky",
              Integer.class,
              Integer.class,
              it -> {
                if (attempts.incrementAndGet() < 3) {
                  throw new IllegalStateException("not yet");
                }
                return it;
              });

      pair.peer(0).function("flaky", Integer.class, Integer.class).call(7).join();

      TaskInfo task = tasks(pair.peer(0), TaskState.DONE).get(0);
      List<TaskEvent> events = pair.peer(0).explain(task.name()).events();
      assertThat(whats(events))
          .containsSubsequence(
              What.CAME_IN,
              What.HANDED_OUT,
              What.ATTEMPT_FAILED,
              What.HANDED_OUT,
              What.ATTEMPT_FAILED,
              What.HANDED_OUT,
              What.RESULT);
      assertThat(events)
          .filteredOn(it -> it.what() == What.ATTEMPT_FAILED)
          .hasSize(2)
          .allSatisfy(it -> assertThat(it.peer()).isEqualTo(pair.peer(1).id()))
          .allSatisfy(
              it ->
                  assertThat(it.why())
                      .startsWith(
                          "HANDLER: java.lang.IllegalStateException: not yet; tried again"));
      assertThat(task.function()).hasToString("flaky");
      assertThat(task.attempts()).isEqualTo(3);
      assertThat(task.submitter()).isEqualTo(pair.peer(0).id());
      // The one that ran it knows its part of the story, by the same name.
      assertThat(whats(pair.peer(1).explain(task.name()).events()))
          .containsSubsequence(What.RECEIVED, What.ATTEMPT_FAILED, What.RECEIVED, What.RAN);
    }
  }

  @Test
  void failure_hasTheTasksCid_byWhichItIsExplained() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, Integer> bad =
          peer.register(
              "bad",
              Integer.class,
              Integer.class,
              it -> {
                throw new IllegalStateException("no luck");
              });

      CompletableFuture<Integer> call = bad.call(1, CallOptions.DEFAULT.withAttemptsMax(1));

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(call::join)
          .havingCause()
          .isInstanceOfSatisfying(
              TaskFailedException.class,
              e -> {
                String cid = e.cid().orElseThrow().toString();
                assertThat(e).hasMessageContaining("task " + cid);
                assertThat(e.task()).isPresent();
                assertThat(peer.explain(cid).task().state()).isEqualTo(TaskState.FAILED);
                assertThat(peer.explain(cid.substring(0, 20)).events().toString())
                    .contains("no luck");
              });
    }
  }

  @Test
  void job_explainsItsTasks_thatRunAndThatAreOver() throws Exception {
    try (Peer peer = Peer.local(1)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      RemoteFunction<Integer, Integer> odd =
          peer.register(
              "odd",
              Integer.class,
              Integer.class,
              it -> {
                if (it == 0) {
                  begun.countDown();
                  release.await();
                }
                if (it % 2 == 0) {
                  throw new IllegalStateException("even");
                }
                return it;
              });
      Job<Integer> job =
          odd.with(CallOptions.DEFAULT.withAttemptsMax(1))
              .map(IntStream.range(0, 600).boxed().toList());
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(whats(job.explain(0))).startsWith(What.CAME_IN, What.HANDED_OUT);
      release.countDown();
      List<TaskOutcome<Integer>> outcomes = job.outcomes().toList();

      assertThat(outcomes).hasSize(600);
      for (int index : new int[] {0, 1, 2, 255, 256, 511, 512, 599}) {
        assertThat(whats(job.explain(index)))
            .as("task %d", index)
            .endsWith(index % 2 == 0 ? What.FAILED : What.RAN);
      }
      TaskFailedException failure =
          outcomes.stream()
              .filter(it -> it.index() == 2)
              .map(it -> Objects.requireNonNull(it.failure()))
              .findFirst()
              .orElseThrow();
      assertThat(peer.explain(failure.cid().orElseThrow().toString()).events())
          .hasSameSizeAs(job.explain(2));
      assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> job.explain(600));
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void taskThatHangs_isCancelledByItsCid_andItsSlotRunsTheNext(Wire wire) throws Exception {
    try (Neighbours pair = Neighbours.start(wire, 2, 1)) {
      CountDownLatch started = new CountDownLatch(1);
      pair.peer(1)
          .register(
              "hang",
              Integer.class,
              Integer.class,
              it -> {
                if (it != 0) {
                  started.countDown();
                  new CountDownLatch(1).await();
                }
                return it;
              });
      RemoteFunction<Integer, Integer> hang =
          pair.peer(0).function("hang", Integer.class, Integer.class);
      CompletableFuture<Integer> call = hang.call(1);
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      await().atMost(LONG).until(() -> tasks(pair.peer(0), TaskState.HANDED_OUT).size() == 1);
      String cid = tasks(pair.peer(0), TaskState.HANDED_OUT).get(0).name();
      assertThat(tasks(pair.peer(1), TaskState.RUNNING).get(0).name()).isEqualTo(cid);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> pair.peer(1).cancel(cid))
          .withMessageContaining("came in at another peer, " + pair.peer(0).id());
      assertThat(pair.peer(0).cancel(cid)).isTrue();

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(call::join)
          .havingCause()
          .isInstanceOfSatisfying(
              TaskFailedException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Outcome.Kind.CANCELLED);
                assertThat(e.cid().orElseThrow()).hasToString(cid);
              });
      assertThat(hang.call(0).join()).isZero();
      assertThat(pair.peer(0).cancel(cid)).isFalse();
      assertThat(pair.peer(0).explain(cid).task().state()).isEqualTo(TaskState.CANCELLED);
      assertThat(whats(pair.peer(1).explain(cid).events()))
          .containsExactly(What.RECEIVED, What.DROPPED);
    }
  }

  @Test
  void wrongName_orClosedPeer_isSaid() {
    Peer peer = Peer.local(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peer.explain("bafibeigaaaaaa"))
        .withMessage("this peer knows of no task bafibeigaaaaaa");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peer.cancel("seven"))
        .withMessageStartingWith("'seven' is no name of a task: ");
    assertThat(peer.tasks()).isEmpty();
    peer.close();

    assertThatIllegalStateException().isThrownBy(peer::tasks).withMessage("this peer is closed");
  }
}
