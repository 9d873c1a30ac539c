package io.minga.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.cli.bench.Samples;
import org.junit.jupiter.api.Test;

/** What a line of results says. */
final class ComparisonTest {
  @Test
  void aRate_isBetterWhenOursIsLarger() {
    Comparison faster =
        new Comparison("bulk", Quantity.rate("rate", "MB/s"), 600.0, 300.0, "another");

    assertThat(faster.toJson())
        .isEqualTo(
            "{\"name\":\"bulk rate\",\"unit\":\"MB/s\",\"ours\":600.0,\"rival\":300.0,"
                + "\"rivalName\":\"another\",\"ratio\":2.000}");
  }

  @Test
  void aLatency_isBetterWhenOursIsSmaller() {
    Comparison slower = new Comparison("ping", Quantity.cost("p50", "µs"), 40.0, 20.0, "another");

    assertThat(slower.ratio()).isEqualTo(0.5);
  }

  @Test
  void withoutARival_thereIsNoRatio() {
    Comparison alone = new Comparison("opens", Quantity.rate("rate", "1/s"), 8000.0, null, null);

    assertThat(alone.toJson())
        .isEqualTo(
            "{\"name\":\"opens rate\",\"unit\":\"1/s\",\"ours\":8000,\"rival\":null,"
                + "\"rivalName\":null,\"ratio\":null}");
  }

  @Test
  void quantiles_areTakenFromAllSamples() {
    Samples samples = new Samples();
    for (int i = 10_000; i > 0; i--) {
      samples.add(i);
    }

    assertThat(samples.quantile(0.5)).isEqualTo(5001);
    assertThat(samples.quantile(0.99)).isEqualTo(9901);
    assertThat(Samples.median(new double[] {3, 1, 2})).isEqualTo(2);
    assertThat(Samples.median(new double[] {4, 1, 2, 3})).isEqualTo(2.5);
  }
}
