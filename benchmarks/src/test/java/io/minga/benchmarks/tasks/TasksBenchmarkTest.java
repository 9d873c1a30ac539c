package io.minga.benchmarks.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.benchmarks.Comparison;
import io.minga.benchmarks.Schedule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That every figure runs, between real processes, the rival's too. What it gives says nothing. */
final class TasksBenchmarkTest {
  @Test
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void everyFigure_givesANumberForEachOfItsQuantities() throws Exception {
    List<Comparison> results = new ArrayList<>();

    TasksBenchmark.run(Schedule.QUICK, Figure.ALL, EnumSet.allOf(Contender.class), results::add);

    assertThat(results)
        .hasSize(
            Figure.ALL.stream()
                .mapToInt(figure -> figure.quantities().size() * rivals(figure))
                .sum());
    // Where there is no ss or /proc, there are no such numbers; memory may be too little to see.
    assertThat(results)
        .filteredOn(it -> it.quantity().largerIsBetter())
        .hasSize(2)
        .allSatisfy(it -> assertThat(it.ours()).isPositive())
        .allSatisfy(it -> assertThat(it.rival()).isPositive());
  }

  private static int rivals(Figure figure) {
    return (int)
        EnumSet.of(Contender.HAZELCAST, Contender.BARE).stream().filter(figure::suits).count();
  }
}
