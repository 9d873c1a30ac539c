package io.minga.simulations.network;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Seeds;
import io.minga.simulations.events.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NetworkTest {
  private static final LinkOptions CLEAR =
      new LinkOptions(100 * MILLI, 100 * MILLI, 0, 1_000_000, 0, 0, 0, 20 * SECOND);

  private final Simulation simulation = new Simulation(1);

  static LongStream seeds() {
    return Seeds.seeds(20);
  }

  /** Notes what happens to it. */
  private static final class Recorder implements SimulatedPeer<Integer> {
    final List<Integer> frames = new ArrayList<>();
    final List<Long> arrivals = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    long writtenBytes;
    long deadlineNanos = Long.MAX_VALUE;

    @Override
    public void connected(long nowNanos, int peer, boolean outbound) {
      events.add((outbound ? "to " : "from ") + peer + " at " + nowNanos / MILLI);
    }

    @Override
    public void disconnected(long nowNanos, int peer) {
      events.add("lost " + peer + " at " + nowNanos / MILLI);
    }

    @Override
    public void received(long nowNanos, int peer, Integer frame) {
      frames.add(frame);
      arrivals.add(nowNanos);
    }

    @Override
    public void sent(long nowNanos, int peer, int bytes) {
      writtenBytes += bytes;
    }

    @Override
    public void tick(long nowNanos) {
      events.add("tick at " + nowNanos / MILLI);
      deadlineNanos = nowNanos < SECOND ? nowNanos + 300 * MILLI : Long.MAX_VALUE;
    }

    @Override
    public long nextDeadlineNanos() {
      return deadlineNanos;
    }
  }

  private final List<Recorder> peers = new ArrayList<>();

  private Network<Integer> pair(Simulation of, LinkOptions link) {
    Network<Integer> network = new Network<>(of, link);
    for (int i = 0; i < 2; i++) {
      peers.add(new Recorder());
      network.add(peers.get(i));
    }
    network.dial(0, 1);
    of.run(SECOND);
    return network;
  }

  private void send(Network<Integer> network, int from, int frame, int bytes) {
    network.act(from, peers.get(from), () -> network.send(from, 1 - from, frame, bytes));
  }

  @Test
  void dial_takesTwoRoundTrips_andTheOtherEndHearsFirst() {
    pair(simulation, CLEAR);

    assertThat(peers.get(1).events).containsExactly("from 0 at 300");
    assertThat(peers.get(0).events).containsExactly("to 1 at 400");
  }

  @Test
  void dialsOfBothAtOnce_giveOneConnection() {
    Network<Integer> network = new Network<>(simulation, CLEAR);
    peers.addAll(List.of(new Recorder(), new Recorder()));
    peers.forEach(network::add);

    network.dial(0, 1);
    network.dial(1, 0);
    simulation.run(SECOND);

    assertThat(peers.get(0).events).containsExactly("to 1 at 400");
    assertThat(peers.get(1).events).containsExactly("from 0 at 300");
  }

  @Test
  void frame_takesItsBytesAndTheLatency() {
    Network<Integer> network = pair(simulation, CLEAR);

    send(network, 0, 7, 1000);
    send(network, 0, 8, 1000);
    simulation.run(2 * SECOND);

    // 1066 bytes on the wire at a million a second
    assertThat(peers.get(1).arrivals).containsExactly(SECOND + 101_066_000L, SECOND + 102_132_000L);
    assertThat(network.sentBytes(0)).isEqualTo(2000);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lostPackets_comeLater_inOrder_andNoneIsMissing(long seed) {
    LinkOptions lossy = CLEAR.withFaults(0.1, 0.1, 0.1);
    Simulation own = new Simulation(seed);
    Network<Integer> network = pair(own, lossy);

    IntStream.range(0, 200).forEach(it -> send(network, 0, it, 3000));
    own.run(60 * SECOND);

    assertThat(peers.get(1).frames)
        .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    assertThat(peers.get(1).arrivals).isSorted();
    assertThat(network.faults().count(Fault.LOSS)).isPositive();
    // 200 × 3 packets take 0.64 s; something was repaired after that by a round trip or more
    assertThat(peers.get(1).arrivals.get(199)).isGreaterThan(SECOND + 840 * MILLI);
  }

  @Test
  void frameLostAtTheEnd_waitsForTheTimeout() {
    Network<Integer> network = pair(simulation, CLEAR.withFaults(0.5, 0, 0));

    send(network, 0, 1, 100);
    simulation.run(20 * SECOND);

    long lost = network.faults().count(Fault.LOSS);
    assertThat(lost).isPositive();
    // the timeout is a round trip and 200 ms, and doubles
    long repair = 400 * MILLI * ((1L << lost) - 1);
    assertThat(peers.get(1).arrivals).containsExactly(SECOND + 100_166_000L + repair);
  }

  @Test
  void frameLostTooOften_breaksTheConnection() {
    Network<Integer> network = pair(simulation, CLEAR.withFaults(1, 0, 0));

    send(network, 0, 1, 100);
    simulation.run(60 * SECOND);

    assertThat(peers.get(1).frames).isEmpty();
    assertThat(peers.get(0).events).contains("lost 1 at 21000");
    assertThat(peers.get(1).events).contains("lost 0 at 21000");
  }

  @Test
  void shortCut_losesNothing() {
    Network<Integer> network = pair(simulation, CLEAR);
    network.cut(0, 1);
    send(network, 0, 1, 100);
    send(network, 0, 2, 100);
    send(network, 1, 3, 100);
    simulation.run(6 * SECOND);
    assertThat(peers.get(1).frames).isEmpty();
    assertThat(peers.get(0).frames).containsExactly(3); // the other direction is open

    network.mend(0, 1);
    simulation.run(20 * SECOND);

    assertThat(peers.get(1).frames).containsExactly(1, 2);
    assertThat(peers.get(0).events).noneMatch(it -> it.startsWith("lost"));
  }

  @Test
  void longCut_breaksTheConnectionAtBothEnds_andDialsFail() {
    Network<Integer> network = pair(simulation, CLEAR);
    network.cut(0, 1);
    send(network, 0, 1, 100);
    simulation.run(30 * SECOND);
    network.dial(1, 0);
    simulation.run(40 * SECOND);

    assertThat(peers.get(0).events).contains("lost 1 at 21000");
    assertThat(peers.get(1).events).contains("lost 0 at 21000");
    assertThat(peers.get(1).frames).isEmpty();
    assertThat(network.faults().count(Fault.DIAL_FAILURE)).isEqualTo(1);
    network.mend(0, 1);
    network.dial(1, 0);
    simulation.run(50 * SECOND);
    assertThat(network.connectionsOf(0)).containsExactly(1);
  }

  @Test
  void partition_isACutBothWays_andHeals() {
    Network<Integer> network = pair(simulation, CLEAR);
    network.partition(1, 1);
    send(network, 0, 1, 100);
    send(network, 1, 2, 100);
    simulation.run(5 * SECOND);
    assertThat(peers.get(0).frames).isEmpty();
    assertThat(peers.get(1).frames).isEmpty();

    network.partition(1, 0);
    simulation.run(20 * SECOND);

    assertThat(peers.get(0).frames).containsExactly(2);
    assertThat(peers.get(1).frames).containsExactly(1);
  }

  @Test
  void moreThanTheKernelsBuffer_isWrittenOnlyAsItLeaves() {
    Network<Integer> network = pair(simulation, CLEAR);

    IntStream.range(0, 20).forEach(it -> send(network, 0, it, 10_000));
    assertThat(peers.get(0).writtenBytes).isBetween(60_000L, 80_000L);
    simulation.run(2 * SECOND);

    assertThat(peers.get(0).writtenBytes).isEqualTo(200_000);
  }

  @Test
  void heldByACut_isWrittenOnceItIsMended() {
    Network<Integer> network = pair(simulation, CLEAR);
    network.cut(0, 1);
    IntStream.range(0, 20).forEach(it -> send(network, 0, it, 10_000));
    simulation.run(2 * SECOND);
    assertThat(peers.get(0).writtenBytes).isEqualTo(60_000);

    network.mend(0, 1);
    simulation.run(10 * SECOND);

    assertThat(peers.get(0).writtenBytes).isEqualTo(200_000);
    assertThat(peers.get(1).frames).hasSize(20);
  }

  @Test
  void leave_isHeardBehindWhatWasSent_crashOnlyWhenTheConnectionBreaks() {
    Network<Integer> network = pair(simulation, CLEAR);
    send(network, 0, 1, 1000);
    network.leave(0);
    simulation.run(2 * SECOND);
    assertThat(peers.get(1).frames).containsExactly(1);
    assertThat(peers.get(1).events).contains("lost 0 at 1101");

    Recorder again = new Recorder();
    network.restart(0, again);
    network.dial(1, 0);
    simulation.run(3 * SECOND);
    network.crash(0);
    simulation.run(30 * SECOND);

    assertThat(again.events).containsExactly("from 1 at 2300");
    assertThat(peers.get(1).events).endsWith("to 0 at 2400", "lost 0 at 23000");
  }

  @Test
  void tick_comesAtTheDeadline() {
    Network<Integer> network = new Network<>(simulation, CLEAR);
    Recorder peer = new Recorder();
    peer.deadlineNanos = 500 * MILLI;

    network.add(peer);
    simulation.run(5 * SECOND);

    assertThat(peer.events).containsExactly("tick at 500", "tick at 800", "tick at 1100");
  }
}
