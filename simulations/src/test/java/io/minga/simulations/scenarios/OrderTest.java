package io.minga.simulations.scenarios;

import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * How much of S7 is luck: nobody knows how long a task runs, so when the longest is begun is
 * chance, for the all-knowing queue too. {@code -Dpeers=1000 -Dorders=200} for more.
 */
final class OrderTest {
  private static final int PEERS = Integer.getInteger("peers", 10);
  private static final int ORDERS = Integer.getInteger("orders", 40);

  @Test
  void queueThatTakesTheSameTasksInAnotherOrder_isThroughSoonerOrLater_byTheLongestAtMost() {
    Plan plan = new ShortAndLong().plan(PEERS, 1);
    double[] seconds = new double[ORDERS];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < ORDERS; i++) {
      List<Burst> others = new ArrayList<>();
      plan.bursts().forEach(burst -> others.add(burst.shuffled(random)));
      seconds[i] = seconds(Plan.of(plan.name(), 1, plan.machines(), others));
    }
    Arrays.sort(seconds);
    double inOrder = seconds(plan);

    System.out.printf(
        "S7, %d peers: %.1f s in the order in which they came, in %d others %.1f to %.1f s,"
            + " half of them by %.1f s and nine of ten by %.1f s%n",
        PEERS,
        inOrder,
        ORDERS,
        seconds[0],
        seconds[ORDERS - 1],
        seconds[ORDERS / 2],
        seconds[ORDERS * 9 / 10]);
    double even = 0;
    double longest = 0;
    for (Burst burst : plan.bursts()) {
      even += burst.workNanos() / plan.rate() / SECOND;
      longest = Math.max(longest, burst.lengths().max() / SECOND);
    }
    assertThat(seconds[ORDERS - 1]).isGreaterThan(seconds[0]).isLessThan(even + longest);
    assertThat(seconds[0]).isGreaterThan(Math.max(even, longest));
    assertThat(inOrder).isBetween(Math.max(even, longest), even + longest);
  }

  /** Until all is over, from when it came. */
  private static double seconds(Plan plan) {
    double end = Arrays.stream(Oracle.endsNanos(plan)).max().orElse(0);
    return (end - (double) plan.startNanos()) / SECOND;
  }
}
