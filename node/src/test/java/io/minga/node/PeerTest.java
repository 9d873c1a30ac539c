package io.minga.node;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.minga.libp2p.HostException;
import io.minga.node.task.Outcome;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PeerTest {
  record Point(int x, int y) {}

  @Test
  void call_onPeerThatIsAlone_givesTheResult() {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<Integer, Integer> twice =
          peer.register("twice", Integer.class, Integer.class, it -> 2 * it);

      assertThat(twice.call(21).join()).isEqualTo(42);
      assertThat(twice.call(4).thenApply(it -> it + 1).join()).isEqualTo(9);
    }
  }

  @Test
  void records_goBothWays() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Point, Point> mirror =
          peer.register("mirror", Point.class, Point.class, it -> new Point(it.y(), it.x()));

      assertThat(mirror.call(new Point(1, 2)).join()).isEqualTo(new Point(2, 1));
    }
  }

  @Test
  void job_givesResultsInOrder() {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<Integer, Integer> square =
          peer.register("square", Integer.class, Integer.class, it -> it * it);
      List<Integer> inputs = IntStream.range(0, 10_000).boxed().toList();

      Job<Integer> job = square.map(inputs);

      assertThat(job.results().toList()).isEqualTo(inputs.stream().map(it -> it * it).toList());
      assertThat(job.progress().isDone()).isTrue();
      assertThat(job.progress().finished()).isEqualTo(10_000);
    }
  }

  @Test
  void job_ofArgumentsWithoutEnd_isHandedOutAsResultsAreTaken() {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<Integer, Integer> same =
          peer.register("same", Integer.class, Integer.class, it -> it);

      Job<Integer> job = same.map(() -> IntStream.iterate(0, it -> it + 1).iterator());

      assertThat(job.resultsAsTheyCome().limit(300_000).distinct().count()).isEqualTo(300_000);
      job.cancel();
      assertThat(job.progress().total()).isEmpty();
    }
  }

  @Test
  void emptyJob_isDone() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, Integer> same =
          peer.register("same", Integer.class, Integer.class, it -> it);

      assertThat(same.map(List.of()).results()).isEmpty();
    }
  }

  @Test
  void failure_saysWhatFailedWhereAndWhy() {
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
                assertThat(e.function()).hasToString("bad");
                assertThat(e.kind()).isEqualTo(Outcome.Kind.HANDLER);
                assertThat(e.peer()).contains(peer.id());
                assertThat(e.attempts()).isEqualTo(1);
                assertThat(e.getMessage()).contains("no luck");
                assertThat(e.remoteStack()).contains("PeerTest");
              });
    }
  }

  @Test
  void job_withTasksThatFail_goesOn() {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<Integer, Integer> odd =
          peer.register(
                  "odd",
                  Integer.class,
                  Integer.class,
                  it -> {
                    if (it % 2 == 0) {
                      throw new IllegalArgumentException("even");
                    }
                    return it;
                  })
              .with(CallOptions.DEFAULT.withAttemptsMax(1));

      List<TaskOutcome<Integer>> outcomes =
          odd.map(IntStream.range(0, 100).boxed().toList()).outcomes().toList();

      assertThat(outcomes).hasSize(100);
      assertThat(outcomes)
          .allSatisfy(it -> assertThat(it.failure() == null).isEqualTo(it.index() % 2 == 1));
    }
  }

  @Test
  void argumentThatDoesNotFit_isRefusedAtOnce() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<String, String> echo =
          peer.register("echo", String.class, String.class, it -> it);

      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> echo.call("x".repeat(64 << 20)))
          .withMessageContaining("function echo, argument of type String")
          .withMessageContaining("67108869 B");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> echo.map(List.of("a", "b", "x".repeat(64 << 20))).results().toList())
          .withMessageContaining("function echo, argument");
    }
  }

  @Test
  void resultThatDoesNotFit_failsItsTask() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, String> large =
          peer.register("large", Integer.class, String.class, "x"::repeat)
              .with(CallOptions.DEFAULT.withAttemptsMax(1));

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> large.call(64 << 20).join())
          .withMessageContaining("function large, result of type String: it has 67108869 B");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // it does not see that a Void is null
  void nullResult_comesBack() {
    try (Peer peer = Peer.local(1)) {
      CountDownLatch ran = new CountDownLatch(1);
      RemoteFunction<String, Void> run =
          peer.register(
              "run",
              String.class,
              Void.class,
              it -> {
                ran.countDown();
                return null;
              });

      assertThat(run.call("now").join()).isNull();
      assertThat(ran.getCount()).isZero();
    }
  }

  @Test
  void recursion_holdsNoSlotWhileItWaits() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, BigInteger> fib =
          peer.registerAsync(
              "fib",
              Integer.class,
              BigInteger.class,
              (n, self) ->
                  n < 2
                      ? completedFuture(BigInteger.valueOf(n))
                      : self.call(n - 1).thenCombine(self.call(n - 2), BigInteger::add));

      assertThat(fib.call(15).join()).isEqualTo(610);
    }
  }

  @Test
  void cancelledCall_interruptsItsTask() throws InterruptedException {
    try (Peer peer = Peer.local(1)) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      RemoteFunction<Integer, Integer> sleep =
          peer.register(
              "sleep",
              Integer.class,
              Integer.class,
              it -> {
                started.countDown();
                try {
                  new CountDownLatch(1).await();
                  return it;
                } catch (InterruptedException e) {
                  interrupted.countDown();
                  throw e;
                }
              });

      CompletableFuture<Integer> call = sleep.call(1);
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      call.cancel(true);

      assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatExceptionOfType(CancellationException.class).isThrownBy(call::join);
    }
  }

  @Test
  void taskBeyondItsTimeout_fails() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, Integer> sleep =
          peer.register(
                  "sleep",
                  Integer.class,
                  Integer.class,
                  it -> {
                    new CountDownLatch(1).await();
                    return it;
                  })
              .with(CallOptions.DEFAULT.withTimeout(Duration.ofMillis(50)).withAttemptsMax(1));

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> sleep.call(1).join())
          .havingCause()
          .isInstanceOfSatisfying(
              TaskFailedException.class, e -> assertThat(e.kind()).isEqualTo(Outcome.Kind.TIMEOUT));
    }
  }

  @Test
  void functionThatNobodyOffers_fails() {
    try (Peer peer = Peer.local(1)) {
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> peer.function("nowhere", Integer.class, Integer.class).call(1).join())
          .havingCause()
          .isInstanceOfSatisfying(
              TaskFailedException.class,
              e -> assertThat(e.kind()).isEqualTo(Outcome.Kind.UNKNOWN_FUNCTION));
    }
  }

  @Test
  void closedPeer_refusesCalls() {
    Peer peer = Peer.local(1);
    RemoteFunction<Integer, Integer> same =
        peer.register("same", Integer.class, Integer.class, it -> it);
    peer.close();

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> same.call(1).join())
        .withMessageContaining("closed");
  }

  @Test
  void manyCallsFromManyThreads_allComeBack() throws InterruptedException {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<Integer, Integer> same =
          peer.register("same", Integer.class, Integer.class, it -> it);
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
      for (int t = 0; t < 4; t++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    assertThat(same.call(i).join()).isEqualTo(i);
                  }
                });
        thread.setUncaughtExceptionHandler((it, e) -> failures.add(e));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(failures).isEmpty();
    }
  }

  @Test
  void callAcrossTcp_runsOnTheOtherPeer() throws HostException {
    PeerOptions options =
        PeerOptions.forNetwork("tcp-test").listeningOn("/ip4/127.0.0.1/tcp/0").withSlots(1);
    try (Peer worker = Peer.start(options);
        Peer caller =
            Peer.start(
                PeerOptions.forNetwork("tcp-test")
                    .listeningOn()
                    .withSlots(0)
                    .bootstrappedBy(worker.addresses().get(0).toString()))) {
      worker.register("where", Integer.class, String.class, it -> worker.id().toString());
      RemoteFunction<Integer, String> where = caller.function("where", Integer.class, String.class);

      assertThat(where.call(1).join()).isEqualTo(worker.id().toString());
    }
  }
}
