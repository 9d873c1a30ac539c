package io.minga.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.schedule.VirtualNetwork.Machine;
import io.minga.node.schedule.VirtualNetwork.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hints and finish-time rebalancing against a central queue that has no latency. */
final class MakespanTest {
  private static final int TASKS = 20_000;
  private static final long SEED = Long.getLong("seed", 1);

  private static List<Machine> equal(int peers) {
    return Collections.nCopies(peers, new Machine(8, 1));
  }

  /** Slots 1 to 32, speeds a quarter to four times. */
  private static List<Machine> unequal(int peers) {
    Random random = new Random(SEED);
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      machines.add(new Machine(1 + random.nextInt(32), Math.pow(4, 2 * random.nextDouble() - 1)));
    }
    return machines;
  }

  @ParameterizedTest
  @CsvSource({
    "S1, 10, true, 1.05",
    "S1, 100, true, 1.08",
    "S2, 10, true, 1.05",
    "S2, 100, true, 1.25",
    "S1, 10, false, 1.05",
    "S1, 100, false, 1.08",
    "S2, 10, false, 1.10",
    "S2, 100, false, 1.60"
  })
  void burstAtOnePeer_endsSoonAfterTheOracle(
      String scenario, int peers, boolean known, double ratioMax) {
    List<Machine> machines = scenario.equals("S1") ? equal(peers) : unequal(peers);
    Outcome outcome = VirtualNetwork.run(SEED, machines, TASKS, known, true);
    Outcome hints = VirtualNetwork.run(SEED, machines, TASKS, known, false);
    System.out.printf(
        "%s %d peers, known %b: %.1f s, oracle %.1f, ratio %.3f, %.3f moves; hints alone %.3f%n",
        scenario,
        peers,
        known,
        outcome.makespan(),
        outcome.central(),
        outcome.ratio(),
        (double) outcome.moves() / TASKS,
        hints.ratio());
    assertThat(outcome.done()).describedAs("seed %d", SEED).isEqualTo(TASKS);
    assertThat(outcome.ratio()).describedAs("seed %d", SEED).isLessThan(ratioMax);
  }
}
