package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.Neighbours.Wire;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that change hands between peers, over real hosts. */
@Timeout(180)
final class MovingTest {
  private static final int ROUNDS = 30;

  /**
   * The caller is connected with one peer only, and that one gets nowhere: what another peer runs
   * it can only have from that one.
   */
  @ParameterizedTest
  @EnumSource(Wire.class)
  void stuckPeer_givesItsTasksToOneThatTheCallerNeverMet(Wire wire) throws Exception {
    String network = "moving-" + wire;
    try (Peer stuck = start(network, 1, wire.address());
        Peer caller = start(network, 0);
        Peer other = start(network, 1)) {
      CountDownLatch moved = new CountDownLatch(1);
      ConcurrentLinkedQueue<PeerId> met = new ConcurrentLinkedQueue<>();
      stuck.register(
          "echo",
          Integer.class,
          Integer.class,
          it -> {
            moved.await();
            return it;
          });
      other.register(
          "echo",
          Integer.class,
          Integer.class,
          it -> {
            if (moved.getCount() > 0) {
              met.addAll(caller.connectedPeers());
            }
            moved.countDown();
            return it;
          });
      caller.connect(stuck.addresses().get(0)).join(); // where the two listen nowhere themselves
      other.connect(stuck.addresses().get(0)).join();

      List<Integer> inputs = IntStream.range(0, 40).boxed().toList();
      Job<Integer> job = caller.function("echo", Integer.class, Integer.class).map(inputs);
      // Who has not met the caller by gossip when the job comes can't have any of it.
      for (int i = 0; i < ROUNDS && !moved.await(3, TimeUnit.SECONDS); i++) {
        job.cancel();
        job = caller.function("echo", Integer.class, Integer.class).map(inputs);
      }
      assertThat(moved.getCount()).as("the other has run something").isZero();
      assertThat(met).as("who the caller knew then").doesNotContain(other.id());
      Set<Integer> results = new LinkedHashSet<>(job.results().toList());
      assertThat(results).hasSize(inputs.size()).containsAll(inputs);
    }
  }

  private static Peer start(String network, int slots, String... addresses) throws Exception {
    return Peer.start(Neighbours.patient(network).withSlots(slots).listeningOn(addresses));
  }
}
