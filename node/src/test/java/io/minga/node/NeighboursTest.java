package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.libp2p.HostException;
import io.minga.node.Neighbours.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What peers do for each other while nothing goes wrong. */
@Timeout(120)
final class NeighboursTest {
  @ParameterizedTest
  @EnumSource(Wire.class)
  void call_fromPeerThatDoesNotOfferIt_runsElsewhere(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 3, 1)) {
      Peer worker = neighbours.peer(2);
      worker.register("where", Integer.class, String.class, it -> it + " at " + worker.id());

      RemoteFunction<Integer, String> where =
          neighbours.peer(0).function("where", Integer.class, String.class);

      assertThat(where.call(7).join()).isEqualTo("7 at " + worker.id());
    }
  }

  @Test
  void peersThatKnowTheSameOne_findEachOther() throws HostException {
    try (Peer first = Peer.start(onLoopback())) {
      String where = first.addresses().get(0).toString();
      try (Peer second = Peer.start(onLoopback().bootstrappedBy(where));
          Peer third = Peer.start(onLoopback().bootstrappedBy(where))) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> second.connectedPeers().contains(third.id()));
      }
    }
  }

  private static PeerOptions onLoopback() {
    return PeerOptions.forNetwork("lab").listeningOn("/ip4/127.0.0.1/tcp/0").withSlots(1);
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void map_of10000_givesResultsInOrder(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 3, 1)) {
      neighbours
          .peers()
          .forEach(peer -> peer.register("square", Long.class, Long.class, it -> it * it));
      List<Long> inputs = IntStream.range(0, 10_000).mapToObj(Long::valueOf).toList();

      Job<Long> job = neighbours.peer(0).function("square", Long.class, Long.class).map(inputs);

      assertThat(job.results().toList()).isEqualTo(inputs.stream().map(it -> it * it).toList());
      assertThat(job.progress().isDone()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void thousandCallsAtOnce_eachGetItsOwnResult(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 3, 2)) {
      neighbours
          .peers()
          .forEach(peer -> peer.register("negate", Integer.class, Integer.class, it -> -it));
      RemoteFunction<Integer, Integer> negate =
          neighbours.peer(0).function("negate", Integer.class, Integer.class);

      List<CompletableFuture<Integer>> calls =
          IntStream.range(0, 1_000).mapToObj(negate::call).toList();

      assertThat(calls.stream().map(CompletableFuture::join))
          .isEqualTo(IntStream.range(0, 1_000).map(it -> -it).boxed().toList());
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void peerThatJoinsHalfWay_getsWork(Wire wire) throws HostException {
    CountDownLatch joined = new CountDownLatch(1);
    try (Neighbours neighbours = Neighbours.start(wire, 1, 1)) {
      neighbours
          .peer(0)
          .register(
              "wait",
              Integer.class,
              Integer.class,
              it -> {
                joined.await();
                return it;
              });
      List<Integer> inputs = IntStream.range(0, 500).boxed().toList();
      Job<Integer> job =
          neighbours.peer(0).function("wait", Integer.class, Integer.class).map(inputs);

      neighbours
          .join(1)
          .register(
              "wait",
              Integer.class,
              Integer.class,
              it -> {
                joined.countDown();
                return it;
              });

      assertThat(job.results().toList()).isEqualTo(inputs);
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void taskWithATag_runsOnlyWhereItIs(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 2, 1);
        Peer tagged =
            Peer.start(
                Neighbours.patient(neighbours.network())
                    .withSlots(1)
                    .withTags("gpu")
                    .listeningOn(wire.address()))) {
      tagged.connect(neighbours.peer(0).addresses().get(0)).join();
      List<Peer> all = new ArrayList<>(neighbours.peers());
      all.add(tagged);
      all.forEach(peer -> peer.register("who", Integer.class, String.class, it -> "" + peer.id()));

      RemoteFunction<Integer, String> who =
          neighbours.peer(0).function("who", Integer.class, String.class).requiring("gpu");

      assertThat(who.map(IntStream.range(0, 100).boxed().toList()).results().distinct())
          .containsExactly("" + tagged.id());
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void peerOfAnotherNetwork_takesNoPart(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 2, 1);
        Peer stranger =
            Peer.start(Neighbours.patient("elsewhere").withSlots(4).listeningOn(wire.address()))) {
      neighbours.peers().forEach(peer -> stranger.connect(peer.addresses().get(0)).join());
      stranger.register("who", Integer.class, String.class, it -> "the stranger");
      neighbours
          .peers()
          .forEach(peer -> peer.register("who", Integer.class, String.class, it -> "a neighbour"));

      List<String> answers =
          neighbours
              .peer(0)
              .function("who", Integer.class, String.class)
              .map(IntStream.range(0, 2_000).boxed().toList())
              .results()
              .toList();

      assertThat(answers).hasSize(2_000).containsOnly("a neighbour");
    }
  }

  @Test
  void higherPriority_goesFirst() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    try (Neighbours neighbours = Neighbours.start(Wire.MEMORY, 1, 1)) {
      RemoteFunction<Integer, Integer> note =
          neighbours
              .peer(0)
              .register(
                  "note",
                  Integer.class,
                  Integer.class,
                  it -> {
                    if (it == 0) {
                      busy.countDown();
                      go.await();
                    }
                    order.add(it);
                    return it;
                  });
      List<CompletableFuture<Integer>> calls = new ArrayList<>();
      calls.add(note.call(0));
      assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= 5; i++) {
        calls.add(note.withPriority(1).call(i));
      }
      for (int i = 6; i <= 10; i++) {
        calls.add(note.withPriority(9).call(i));
      }
      // What is called last is with the peer last, so all others wait there when it is cancelled.
      CompletableFuture<Integer> last = note.withPriority(0).call(11);
      last.cancel(true);
      go.countDown();
      calls.forEach(CompletableFuture::join);

      assertThat(order.subList(1, 6)).containsExactlyInAnyOrder(6, 7, 8, 9, 10);
      assertThat(order.subList(6, 11)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void recursion_overPeersWithOneSlotEach_waitsForNoSlot(Wire wire) throws HostException {
    try (Neighbours neighbours = Neighbours.start(wire, 3, 1)) {
      for (Peer peer : neighbours.peers()) {
        peer.registerAsync(
            "fib",
            Integer.class,
            Integer.class,
            (n, self) ->
                n < 2
                    ? CompletableFuture.completedFuture(n)
                    : self.call(n - 1).thenCombine(self.call(n - 2), Integer::sum));
      }

      assertThat(neighbours.peer(0).function("fib", Integer.class, Integer.class).call(13).join())
          .isEqualTo(233);
    }
  }

  @Test
  void equalCallsThatAreMemoized_areMadeOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    try (Neighbours neighbours = Neighbours.start(Wire.MEMORY, 1, 2)) {
      RemoteFunction<Integer, Integer> square =
          neighbours
              .peer(0)
              .register(
                  "square",
                  Integer.class,
                  Integer.class,
                  it -> {
                    go.await();
                    ran.add(it);
                    return it * it;
                  })
              .memoized();
      CompletableFuture<Integer> unwanted = square.call(7);
      List<CompletableFuture<Integer>> calls =
          IntStream.range(0, 50).mapToObj(it -> square.call(it % 2 + 7)).toList();
      unwanted.cancel(true); // the others still want it
      go.countDown();

      assertThat(calls.stream().map(CompletableFuture::join).distinct()).containsExactly(49, 64);
      assertThat(square.call(7).join()).isEqualTo(49);
      assertThat(ran).containsExactlyInAnyOrder(7, 8);
    }
  }

  @Test
  void localNetwork_sharesAJob() {
    try (LocalNetwork network = LocalNetwork.start(4)) {
      CountDownLatch all = new CountDownLatch(4);
      for (Peer peer : network.peers()) {
        CountDownLatch first = new CountDownLatch(1);
        peer.register(
            "meet",
            Integer.class,
            String.class,
            it -> {
              if (first.getCount() > 0) {
                first.countDown();
                all.countDown();
              }
              all.await(); // until each has a task
              return "" + peer.id();
            });
      }
      List<String> where =
          network
              .peer(0)
              .function("meet", Integer.class, String.class)
              .map(IntStream.range(0, 1_000).boxed().toList())
              .results()
              .toList();

      assertThat(where).hasSize(1_000);
      assertThat(where.stream().distinct()).hasSize(4);
    }
  }
}
