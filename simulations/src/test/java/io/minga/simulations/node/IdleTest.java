package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a network costs in which nobody has anything to do; {@code -Dpeers=1000} for so many. */
final class IdleTest {
  private static final double BYTES_PER_SECOND_MOST = 16 * 1024;

  /** From then on until the only call all reports are as rare as they become. */
  private static final double FROM_SECONDS = 1_000;

  private static final long CALL_SECONDS = 2_000;

  private static IntStream peers() {
    int peers = Integer.getInteger("peers", 0);
    return peers > 0 ? IntStream.of(peers) : IntStream.of(10, 100);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void idlePeer_takesInAndSendsFewBytes_andTheCallThatComesIsMade(int peers) {
    List<Machine> machines = Collections.nCopies(peers, Machine.of(8, 1));
    Burst call = Burst.job(CALL_SECONDS * SECOND, 0, Lengths.fixed(1, (double) SECOND));

    Figures figures = NodeRun.run(Plan.of("idle", 1, machines, List.of(call)));

    List<Figures.Sample> quiet =
        figures.series().stream()
            .filter(it -> it.seconds() >= FROM_SECONDS && it.seconds() < CALL_SECONDS)
            .toList();
    Figures.Sample from = quiet.get(0);
    Figures.Sample to = quiet.get(quiet.size() - 1);
    double seconds = to.seconds() - from.seconds();
    double perSecond = (double) (to.bytes() - from.bytes()) / seconds / peers;
    System.out.printf("%d idle peers: %.0f bytes a peer and second%n", peers, perSecond);
    assertThat(perSecond).isGreaterThan(0).isLessThan(BYTES_PER_SECOND_MOST);
    assertThat(figures.lost()).isZero();
    assertThat(figures.makespanSeconds()).isLessThan(1.5);
  }
}
