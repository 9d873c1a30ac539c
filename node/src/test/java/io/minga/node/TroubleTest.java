package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.minga.libp2p.HostException;
import io.minga.node.Neighbours.Wire;
import io.minga.node.task.Outcome;
import io.minga.node.value.ValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a caller gets when the function that it calls, on another peer, does not do well. */
@Timeout(120)
final class TroubleTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final CallOptions ONCE = CallOptions.DEFAULT.withAttemptsMax(1);

  /** Two peers: 0 calls and has no slot, 1 works and has one. */
  private static Neighbours pair(Wire wire) throws HostException {
    Neighbours neighbours = Neighbours.start(wire, 0, 0);
    neighbours.join(0);
    neighbours.join(1);
    return neighbours;
  }

  private static RemoteFunction<Integer, Integer> atOther(
      Neighbours pair, String name, TaskFunction<Integer, Integer> function) {
    pair.peer(1).register(name, Integer.class, Integer.class, function);
    return pair.peer(0).function(name, Integer.class, Integer.class).with(ONCE);
  }

  private static TaskFailedException failure(CompletableFuture<?> call) {
    try {
      call.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TaskFailedException failure) {
        return failure;
      }
      throw e;
    }
    throw new AssertionError("it did not fail");
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void functionThatNobodyOffers_isRefused(Wire wire) throws HostException {
    String name = "nobody-" + wire.name().toLowerCase(Locale.ROOT);
    try (Peer one = Peer.start(PeerOptions.forNetwork(name).listeningOn(wire.address()));
        Peer two = Peer.start(PeerOptions.forNetwork(name).listeningOn(wire.address()))) {
      two.register("something-else", Integer.class, Integer.class, it -> it);
      one.connect(two.addresses().get(0)).join();

      TaskFailedException failure =
          failure(one.function("no.such", Integer.class, Integer.class).call(1));

      assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNKNOWN_FUNCTION);
      assertThat(failure.function()).hasToString("no.such");
      assertThat(failure.peer()).isEmpty();
      assertThat(failure)
          .hasMessageContaining("no.such")
          .hasMessageContaining("the other one known here");
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void exceptionOfAHandler_saysWhatWhereAndWhy(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      RemoteFunction<Integer, Integer> bad =
          atOther(
              pair,
              "bad",
              it -> {
                throw new IllegalStateException("no luck today");
              });

      TaskFailedException failure = failure(bad.call(1));

      assertThat(failure.kind()).isEqualTo(Outcome.Kind.HANDLER);
      assertThat(failure.function()).hasToString("bad");
      assertThat(failure.peer()).contains(pair.peer(1).id());
      assertThat(failure.attempts()).isEqualTo(1);
      assertThat(failure.remoteType()).isEqualTo("java.lang.IllegalStateException");
      assertThat(failure.remoteMessage()).isEqualTo("no luck today");
      assertThat(failure.remoteStack()).contains("TroubleTest");
      assertThat(failure)
          .hasMessageContaining("bad")
          .hasMessageContaining("no luck today")
          .hasMessageContaining(pair.peer(1).id().toString());
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void taskThatFailsTwice_succeedsAtTheThirdAttempt(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      AtomicInteger attempts = new AtomicInteger();
      RemoteFunction<Integer, Integer> flaky =
          atOther(
              pair,
              "flaky",
              it -> {
                if (attempts.incrementAndGet() < 3) {
                  throw new IllegalStateException("not yet");
                }
                return attempts.get();
              });

      assertThat(flaky.call(1, CallOptions.DEFAULT.withAttemptsMax(3)).join()).isEqualTo(3);

      attempts.set(-100);
      TaskFailedException failure = failure(flaky.call(1, CallOptions.DEFAULT.withAttemptsMax(2)));
      assertThat(failure.attempts()).isEqualTo(2);
      assertThat(attempts).hasValue(-98);
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void handlerBeyondItsTimeout_isInterrupted(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      CountDownLatch interrupted = new CountDownLatch(1);
      RemoteFunction<Integer, Integer> hang =
          atOther(
              pair,
              "hang",
              it -> {
                if (it == 0) {
                  return 0;
                }
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                  throw e;
                }
                return it;
              });

      TaskFailedException failure = failure(hang.call(1, ONCE.withTimeout(Duration.ofMillis(50))));

      assertThat(failure.kind()).isEqualTo(Outcome.Kind.TIMEOUT);
      assertThat(failure.peer()).contains(pair.peer(1).id());
      Awaitility.await().atMost(LONG).until(() -> interrupted.getCount() == 0);
      assertThat(hang.call(0).join()).isZero(); // the slot is free
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void handlerThatIgnoresInterruption_isLeftBehind(Wire wire) throws HostException {
    CountDownLatch release = new CountDownLatch(1);
    try (Neighbours pair = pair(wire)) {
      RemoteFunction<Integer, Integer> deaf =
          atOther(
              pair,
              "deaf",
              it -> {
                boolean deafly = it != 0;
                while (deafly && release.getCount() > 0) {
                  Thread.onSpinWait();
                  Thread.interrupted();
                }
                return it;
              });

      TaskFailedException failure = failure(deaf.call(1, ONCE.withTimeout(Duration.ofMillis(50))));

      assertThat(failure.kind()).isEqualTo(Outcome.Kind.TIMEOUT);
      assertThat(deaf.call(0).join()).isZero(); // another thread has its slot
    } finally {
      release.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void cancelledCall_freesItsSlot(Wire wire) throws Exception {
    try (Neighbours pair = pair(wire)) {
      CountDownLatch started = new CountDownLatch(1);
      RemoteFunction<Integer, Integer> hang =
          atOther(
              pair,
              "hang",
              it -> {
                if (it != 0) {
                  started.countDown();
                  new CountDownLatch(1).await();
                }
                return it;
              });

      CompletableFuture<Integer> call = hang.call(1);
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      call.cancel(true);

      assertThatExceptionOfType(CancellationException.class).isThrownBy(call::join);
      assertThat(hang.call(0).join()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void cancelledJob_freesItsSlots(Wire wire) throws Exception {
    try (Neighbours pair = pair(wire)) {
      CountDownLatch started = new CountDownLatch(1);
      RemoteFunction<Integer, Integer> hang =
          atOther(
              pair,
              "hang",
              it -> {
                if (it != 0) {
                  started.countDown();
                  new CountDownLatch(1).await();
                }
                return it;
              });

      Job<Integer> job = hang.map(IntStream.rangeClosed(1, 1_000).boxed().toList());
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      job.cancel();

      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(() -> job.results().toList());
      assertThat(hang.call(0).join()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void valuesOfAnotherType_areRefusedBothWays(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      pair.peer(1).register("twice", Integer.class, Integer.class, it -> 2 * it);

      TaskFailedException input =
          failure(pair.peer(0).function("twice", String.class, Integer.class).call("one"));
      TaskFailedException result =
          failure(pair.peer(0).function("twice", Integer.class, String.class).call(1));

      assertThat(input.kind()).isEqualTo(Outcome.Kind.BAD_INPUT);
      assertThat(input).hasMessageContaining("function twice, argument of type Integer");
      assertThat(input.peer()).contains(pair.peer(1).id());
      assertThat(result.kind()).isEqualTo(Outcome.Kind.BAD_RESULT);
      assertThat(result).hasMessageContaining("function twice, result of type String");
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void valuesThatAreTooLarge_areRefusedBothWays(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      AtomicInteger runs = new AtomicInteger();
      pair.peer(1)
          .register(
              "repeat",
              Integer.class,
              String.class,
              it -> {
                runs.incrementAndGet();
                return "x".repeat(it);
              });
      pair.peer(1).register("length", String.class, Integer.class, String::length);
      RemoteFunction<Integer, String> repeat =
          pair.peer(0).function("repeat", Integer.class, String.class);
      RemoteFunction<String, Integer> length =
          pair.peer(0).function("length", String.class, Integer.class);

      assertThat(length.call("x".repeat(65_000)).join()).isEqualTo(65_000);
      assertThat(repeat.call(65_000).join()).hasSize(65_000);
      runs.set(0);
      TaskFailedException result = failure(repeat.call(64 << 20));

      assertThat(result.kind()).isEqualTo(Outcome.Kind.BAD_RESULT);
      assertThat(result)
          .hasMessageContaining("function repeat, result of type String: it has 67108869 B");
      assertThat(runs).hasValue(1); // another attempt would end as this one
      assertThatExceptionOfType(ValueException.class)
          .isThrownBy(() -> length.call("x".repeat(64 << 20)))
          .withMessageContaining("function length, argument of type String")
          .withMessageContaining("67108869 B");
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void largeValues_oneAfterTheOther_allCome(Wire wire) throws HostException {
    try (Neighbours pair = pair(wire)) {
      pair.peer(1).register("echo", byte[].class, byte[].class, it -> it);
      byte[] large = new byte[60_000];
      List<byte[]> inputs = new ArrayList<>();
      IntStream.range(0, 500).forEach(it -> inputs.add(large)); // 30 MB, above every window

      assertThat(pair.peer(0).function("echo", byte[].class, byte[].class).map(inputs).results())
          .hasSize(500)
          .allSatisfy(it -> assertThat(it).hasSize(60_000));
    }
  }
}
