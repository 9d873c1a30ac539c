package io.minga.simulations.plan;

import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.minga.simulations.network.LinkOptions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class OracleTest {
  private static final double ERROR = 1e-6;

  private static Burst job(int tasks) {
    return Burst.job(0, 0, Lengths.fixed(tasks, (double) SECOND));
  }

  private static double seconds(List<Machine> machines, Burst... bursts) {
    double last = 0;
    for (double end : Oracle.endsNanos(Plan.of("test", 1, machines, List.of(bursts)))) {
      last = Math.max(last, end);
    }
    return last / SECOND;
  }

  @Test
  void equalSlots_runEquallyMany() {
    assertThat(seconds(List.of(Machine.of(2, 1), Machine.of(2, 1)), job(12)))
        .isCloseTo(3, within(ERROR));
  }

  @Test
  void slowSlot_getsNothingThatOthersWouldHaveDoneBefore() {
    assertThat(seconds(List.of(Machine.of(1, 1), Machine.of(1, 0.1)), job(4)))
        .isCloseTo(4, within(ERROR));
  }

  @Test
  void machineThatComesLate_helpsFromThenOn() {
    Machine late = Machine.of(1, 1).during(2 * SECOND, Machine.NEVER, Machine.Exit.LEAVE);

    assertThat(seconds(List.of(Machine.of(1, 1), late), job(6))).isCloseTo(4, within(ERROR));
  }

  @Test
  void machineThatGoes_isGivenNothingThatItCouldNotEnd() {
    Machine goes = Machine.of(1, 1).during(0, SECOND + SECOND / 2, Machine.Exit.KILL);

    assertThat(seconds(List.of(Machine.of(1, 1), goes), job(4))).isCloseTo(3, within(ERROR));
  }

  @Test
  void whatNeedsATag_runsWhereThatIs_andTheRestElsewhere() {
    List<String> gpu = List.of("gpu");
    List<Machine> machines = List.of(Machine.of(1, 1), Machine.of(1, 1).with(gpu));

    assertThat(seconds(machines, job(3), job(3).requiring(gpu))).isCloseTo(3, within(ERROR));
  }

  @Test
  void withDelays_whatRunsElsewhereTakesItsWayThereAndBack() {
    LinkOptions second = new LinkOptions(SECOND, SECOND, 0, 1_000_000, 0, 0, 0, SECOND);
    Plan plan =
        Plan.of("test", 1, List.of(Machine.of(1, 1), Machine.of(1, 1)), List.of(job(4)))
            .with(second);

    assertThat(Oracle.endsNanos(plan)[0] / SECOND).isCloseTo(2, within(ERROR));
    assertThat(Oracle.endsWithDelaysNanos(plan)[0] / SECOND).isCloseTo(3, within(ERROR));
  }

  /** Four calls, each so many times, one after the other; as far as nothing else is said, far. */
  private static double graphSeconds(int epochs, Machine near, Machine far) {
    LinkOptions second = new LinkOptions(SECOND, SECOND, 0, 1_000_000, 0, 0, 0, SECOND);
    Graph graph = Graph.epochs(new SplittableRandom(1), 4, 1, epochs);
    List<Burst> calls = List.of(job(graph.size()).after(graph));
    Plan plan = Plan.of("test", 1, List.of(near, far), calls).with(second);
    return Oracle.endsWithDelaysNanos(plan)[0] / SECOND;
  }

  @Test
  void graphWithDelays_takesItsWays_andIsSentAhead() {
    Machine none = Machine.of(0, 1);
    assertThat(graphSeconds(1, none, Machine.of(4, 1))).isCloseTo(3, within(ERROR));
    assertThat(graphSeconds(1, none, Machine.of(2, 1))).isCloseTo(4, within(ERROR));
    assertThat(graphSeconds(2, none, Machine.of(4, 1))).isCloseTo(6, within(ERROR));
    assertThat(graphSeconds(2, none, Machine.of(1, 1))).isCloseTo(10, within(ERROR));
  }

  @Test
  void graphWithDelays_runsNearItsCallerFirst() {
    assertThat(graphSeconds(2, Machine.of(4, 1), Machine.of(4, 1))).isCloseTo(2, within(ERROR));
    assertThat(graphSeconds(1, Machine.of(1, 1), Machine.of(3, 1))).isCloseTo(3, within(ERROR));
    assertThat(graphSeconds(2, Machine.of(3, 1), Machine.of(1, 1))).isCloseTo(4, within(ERROR));
  }

  @Test
  void machineThatSlows_stretchesWhatRuns() {
    Machine machine = Machine.of(1, 2).slowing(SECOND, 10);

    assertThat(machine.endNanos(0, 4.0 * SECOND)).isCloseTo(11.0 * SECOND, within(1.0));
    assertThat(machine.workNanos(0, 11.0 * SECOND)).isCloseTo(4.0 * SECOND, within(1.0));
  }
}
