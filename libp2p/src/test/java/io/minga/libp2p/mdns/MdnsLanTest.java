package io.minga.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.mdns.SimulatedLan.Node;
import io.minga.libp2p.wire.Seeds;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MdnsLanTest {
  private static final long SECOND = SimulatedLan.SECOND;

  static LongStream seeds() {
    return Seeds.seeds(20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void peers_startedAtOnce_findAllWithinASecond(long seed) {
    SimulatedLan lan = new SimulatedLan(MdnsOptions.DEFAULT, seed);
    lan.add(30);
    lan.nodes.forEach(Node::start);
    lan.run(SECOND + 1);

    assertThat(lan.nodes).allSatisfy(node -> assertThat(node.found).hasSize(29));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void peers_startedOneByOne_findAllThatAreThereWithinASecond(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedLan lan = new SimulatedLan(MdnsOptions.DEFAULT, seed);
    for (int i = 0; i < 20; i++) {
      lan.add(1);
      lan.nodes.get(i).start();
      // A second after the last answer the next may be sent; the report is gathered for 20 ms.
      long wait = 1_020_000_001L;
      lan.run(random.nextLong(wait));
      Node newest = lan.nodes.get(i);
      long before = lan.nowNanos;
      lan.run(wait);
      assertThat(newest.found).as("found %d ns on", lan.nowNanos - before).hasSize(i);
    }
  }

  /** Prints what the documentation says; {@code -Dmdns.peers=} takes another number. */
  @Test
  void packets_onALinkWithManyPeers_areFewInTheLongRun() {
    int peers = Integer.getInteger("mdns.peers", 200);
    SimulatedLan lan = new SimulatedLan(MdnsOptions.DEFAULT, 1);
    lan.add(peers);
    lan.nodes.forEach(Node::start);
    lan.run(60 * SECOND);
    String first = lan.multicasts + " packets, " + lan.bytes / 1024 + " KiB";
    assertThat(lan.multicasts).isLessThan(5L * peers);
    lan.multicasts = 0;
    lan.bytes = 0;
    lan.run(600 * SECOND);

    System.out.printf(
        "%d peers: %s in the first minute, then %d packets and %d KiB a minute%n",
        peers, first, lan.multicasts / 10, lan.bytes / 10 / 1024);
    // Each says once in half its time to live that it is still there.
    assertThat(lan.multicasts / 10).isLessThan(peers / 2);
    assertThat(lan.nodes).allSatisfy(node -> assertThat(node.found).hasSize(peers - 1));
  }
}
