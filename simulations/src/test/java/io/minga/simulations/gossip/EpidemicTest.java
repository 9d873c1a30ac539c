package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.minga.gossip.router.GossipOptions;
import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.network.Network;
import io.minga.simulations.network.SimulatedPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The epidemic beside the router that it stands for: the same number of messages, as long, through
 * as many peers with as many connections over the same links. The routers' figures are measured on
 * the wire, what they say to each other included.
 */
final class EpidemicTest {
  private static final int MESSAGES = 120;
  private static final int PER_SECOND = 20;
  private static final int DATA_BYTES = 200;

  /** What the simulated routers' messages have besides: author, number, topic, signature. */
  private static final int ENVELOPE_BYTES = 128;

  private static final Percentage OF_LATENCIES = Percentage.withPercentage(25);
  private static final Percentage OF_BYTES = Percentage.withPercentage(20);

  private static final LinkOptions EVEN =
      new LinkOptions(50 * MILLI, 50 * MILLI, MILLI, 125_000_000, 0, 0, 0, 15 * SECOND);
  private static final LinkOptions WIDE = LinkOptions.DEFAULT;
  private static final LinkOptions LOSSY = LinkOptions.DEFAULT.withFaults(0.05, 0, 0);

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of(50, 10, EVEN),
        Arguments.of(50, 150, EVEN),
        Arguments.of(100, 10, EVEN),
        Arguments.of(50, 150, WIDE),
        Arguments.of(100, 10, WIDE),
        Arguments.of(100, 300, LOSSY),
        Arguments.of(100, 10, LOSSY));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void epidemic_isLikeTheRouter(int peers, int dials, LinkOptions link) {
    Report router = new GossipRun(scenario(peers, dials, link)).run();
    Heard epidemic = heard(peers, dials, link, 0);
    String both = router.toJson() + "\n" + epidemic;

    assertThat(epidemic.deliveredPercent())
        .as(both)
        .isCloseTo(router.number("deliveredPercent"), within(0.1));
    for (int percent : new int[] {10, 50, 90, 99}) {
      assertThat(epidemic.percentileMillis(percent))
          .as("p%d, %s", percent, both)
          .isCloseTo(router.number("arrivalP" + percent + "Millis"), OF_LATENCIES);
    }
    assertThat(epidemic.bytesPerMessageAndPeer())
        .as(both)
        .isCloseTo(router.number("bytesPerMessageAndPeer"), OF_BYTES);
  }

  @Test
  void lostMessages_areLostInThatShare() {
    assertThat(heard(50, 150, EVEN, 0.05).deliveredPercent()).isCloseTo(95, within(1.0));
  }

  private static GossipScenario scenario(int peers, int dials, LinkOptions link) {
    GossipScenario plain = GossipScenario.of(1, peers);
    return new GossipScenario(
        plain.seed(),
        peers,
        dials,
        link,
        GossipOptions.DEFAULT,
        MESSAGES,
        PER_SECOND,
        DATA_BYTES,
        Attack.NONE,
        0,
        0,
        0,
        0);
  }

  /** What came of an epidemic. */
  private record Heard(List<Double> millis, int due, double bytesPerMessageAndPeer) {
    double deliveredPercent() {
      return 100.0 * millis.size() / due;
    }

    double percentileMillis(int percent) {
      return millis.get((millis.size() - 1) * percent / 100);
    }

    @Override
    public String toString() {
      return "epidemic: %.1f %%, p10 %.1f, p50 %.1f, p90 %.1f, p99 %.1f ms, %.0f B"
          .formatted(
              deliveredPercent(),
              percentileMillis(10),
              percentileMillis(50),
              percentileMillis(90),
              percentileMillis(99),
              bytesPerMessageAndPeer);
    }
  }

  private static Heard heard(int peers, int dials, LinkOptions link, double loss) {
    Simulation simulation = new Simulation(1);
    Network<Integer> network = new Network<>(simulation, link);
    SplittableRandom random = new SplittableRandom(2);
    for (int peer = 0; peer < peers; peer++) {
      network.add(new Mute());
    }
    for (int peer = 0; peer < peers; peer++) {
      for (int dial = 0; dial < dials; dial++) {
        network.join(peer, random.nextInt(peers));
      }
    }
    List<Long> saidNanos = new ArrayList<>();
    Ears ears = new Ears(simulation, saidNanos, new ArrayList<>());
    Epidemic<Integer> epidemic = new Epidemic<>(simulation, network, link, MILLI / 10, ears);
    epidemic.disturb(loss, 0);
    for (int i = 0; i < MESSAGES; i++) {
      int message = i;
      simulation.at(
          SECOND + i * SECOND / PER_SECOND,
          () -> {
            saidNanos.add(simulation.nowNanos());
            epidemic.spread(random.nextInt(peers), message, DATA_BYTES + ENVELOPE_BYTES);
          });
    }
    simulation.run(60 * SECOND);
    List<Double> sorted = ears.millis.stream().sorted().toList();
    return new Heard(sorted, MESSAGES * (peers - 1), (double) epidemic.bytes() / MESSAGES / peers);
  }

  private record Ears(Simulation simulation, List<Long> saidNanos, List<Double> millis)
      implements Epidemic.Ears<Integer> {
    @Override
    public void hear(int peer, List<Integer> messages) {
      for (int message : messages) {
        millis.add((double) (simulation.nowNanos() - saidNanos.get(message)) / MILLI);
      }
    }

    @Override
    public void lost() {}

    @Override
    public void doubled() {}
  }

  private static final class Mute implements SimulatedPeer<Integer> {
    @Override
    public void connected(long nowNanos, int peer, boolean outbound) {}

    @Override
    public void disconnected(long nowNanos, int peer) {}

    @Override
    public void received(long nowNanos, int peer, Integer frame) {}

    @Override
    public void sent(long nowNanos, int peer, int bytes) {}

    @Override
    public void tick(long nowNanos) {}

    @Override
    public long nextDeadlineNanos() {
      return Long.MAX_VALUE;
    }
  }
}
