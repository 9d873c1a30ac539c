package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code minga bench} as a process. */
@Timeout(300)
final class BenchCommandTest {
  @Test
  void bench_inJson_isOneObject_ofFiguresAboveZero() throws Exception {
    try (MingaProcess bench =
        MingaProcess.start("bench", "--json", "--seconds", "1", "--tasks", "5000")) {
      assertThat(bench.exitCode()).as("%s", bench.err()).isZero();
      assertThat(bench.err()).isEmpty();
      assertThat(bench.out()).hasSize(1);
      JsonNode figures = Json.parse(bench.out().get(0));
      for (String name :
          List.of(
              "noopTasksPerSecond",
              "jobTasksPerSecond",
              "callP50Micros",
              "callP99Micros",
              "poolTasksPerSecond",
              "bareRoundTripP50Micros")) {
        assertThat(figures.path(name).asDouble()).as(name).isPositive();
      }
      assertThat(figures.has("wireBytesPerTask")).isTrue();
      assertThat(figures.path("heapBytesPerQueuedTask").isNumber()).isTrue();
      assertThat(figures.path("callP99Micros").asDouble())
          .isGreaterThanOrEqualTo(figures.path("callP50Micros").asDouble());
    }
  }

  @Test
  void bench_thatIsStopped_leavesNobody() throws Exception {
    try (MingaProcess bench = MingaProcess.start("bench", "--seconds", "3000")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> bench.children().size() == 1);
      ProcessHandle other = bench.children().get(0);

      bench.terminate();

      assertThat(bench.exitCode()).isEqualTo(143);
      await().atMost(Duration.ofSeconds(60)).until(() -> !other.isAlive());
    }
  }
}
