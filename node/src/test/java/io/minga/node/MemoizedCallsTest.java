package io.minga.node;

import static io.minga.node.AsyncTaskFunction.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.node.story.TaskState;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MemoizedCallsTest {
  private static final BigInteger FIB_200 =
      new BigInteger("280571172992510140037611932413038677189525");

  /** How often each argument was run, on all peers together. */
  private final Map<Integer, Integer> runs = new ConcurrentHashMap<>();

  private RemoteFunction<Integer, BigInteger> registerFib(Peer peer) {
    return peer.registerAsync(
        "fib",
        Integer.class,
        BigInteger.class,
        (n, self) -> {
          runs.merge(n, 1, Integer::sum);
          return n < 2
              ? completed(BigInteger.valueOf(n))
              : self.call(n - 1).thenCombine(self.call(n - 2), BigInteger::add);
        });
  }

  /** Has each peer offer one thing more, and waits until each knows that all do. */
  private static void meet(LocalNetwork network) {
    List<RemoteFunction<Integer, String>> who = new ArrayList<>();
    for (Peer peer : network.peers()) {
      who.add(
          peer.register(
              "who",
              Integer.class,
              String.class,
              it -> {
                Thread.sleep(2); // the work, not a wait of the test's
                return peer.id().toString();
              }));
    }
    for (RemoteFunction<Integer, String> each : who) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  each.map(IntStream.range(0, 64).boxed().toList()).results().distinct().count()
                      == network.peers().size());
    }
  }

  @Test
  void fib_overFourPeersWithOneSlotEach_runsEachNumberAboutOnce() {
    try (LocalNetwork network = LocalNetwork.start(4)) {
      network.peers().forEach(this::registerFib);
      meet(network);
      RemoteFunction<Integer, BigInteger> fib =
          network.peer(0).function("fib", Integer.class, BigInteger.class).memoized();

      assertThat(fib.call(200).join()).isEqualTo(FIB_200);

      // Exactly once where no peer seems late, which virtual time can promise (MeetingTest). Here
      // a machine may stall, and a call whose home does goes elsewhere.
      assertThat(runs).hasSize(201);
      assertThat(runs.values().stream().mapToInt(it -> it).sum()).isLessThan(2 * 201);
      RemoteFunction<Integer, BigInteger> elsewhere =
          network.peer(3).function("fib", Integer.class, BigInteger.class).memoized();
      assertThat(elsewhere.call(200).join()).isEqualTo(FIB_200);
      int before = runs.getOrDefault(200, 0);
      assertThat(elsewhere.call(200).join()).isEqualTo(FIB_200);
      assertThat(runs).as("it is remembered").containsEntry(200, before);
    }
  }

  @Test
  void memoizedHandle_reachesSelf() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, BigInteger> fib = registerFib(peer).memoized();

      assertThat(fib.call(200).join()).isEqualTo(FIB_200);
      assertThat(runs).hasSize(201).allSatisfy((n, count) -> assertThat(count).isOne());
    }
  }

  @Test
  void unmemoizedCall_leavesSelfAsItIs() {
    try (Peer peer = Peer.local(1)) {
      RemoteFunction<Integer, BigInteger> fib = registerFib(peer);

      assertThat(fib.call(10).join()).isEqualTo(55);
      assertThat(runs).containsEntry(1, 55);
    }
  }

  @Test
  void equalCallsFromAllPeers_runOnce_andACancelledOneTakesNobodyWithIt() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (LocalNetwork network = LocalNetwork.start(3)) {
      for (Peer peer : network.peers()) {
        peer.register(
            "slow",
            Integer.class,
            Integer.class,
            n -> {
              runs.merge(n, 1, Integer::sum);
              running.countDown();
              go.await();
              return n + 1;
            });
      }
      meet(network);
      List<CompletableFuture<Integer>> calls = new ArrayList<>();
      for (Peer peer : network.peers()) {
        calls.add(peer.function("slow", Integer.class, Integer.class).memoized().call(41));
      }
      assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
      await() // until the other two wait for the one that runs
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  network.peers().stream()
                          .mapToInt(peer -> peer.tasks(EnumSet.of(TaskState.PARKED), 9).size())
                          .sum()
                      == 2);

      calls.get(0).cancel(true);
      go.countDown();

      assertThat(calls.get(1).join()).isEqualTo(42);
      assertThat(calls.get(2).join()).isEqualTo(42);
      assertThat(runs).containsEntry(41, 1);
    }
  }

  @Test
  void jobWithRepeatedArguments_runsEachOnce() {
    try (LocalNetwork network = LocalNetwork.start(2)) {
      for (Peer peer : network.peers()) {
        peer.register(
            "square",
            Integer.class,
            Integer.class,
            n -> {
              runs.merge(n, 1, Integer::sum);
              return n * n;
            });
      }
      meet(network);
      List<Integer> inputs = IntStream.range(0, 10_000).map(i -> i % 100).boxed().toList();

      List<Integer> squares =
          network
              .peer(0)
              .function("square", Integer.class, Integer.class)
              .memoized()
              .map(inputs)
              .results()
              .toList();

      assertThat(squares).isEqualTo(inputs.stream().map(n -> n * n).toList());
      assertThat(runs).hasSize(100).allSatisfy((n, count) -> assertThat(count).isOne());
    }
  }
}
