package io.minga.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.minga.benchmarks.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That every figure runs, between real processes, and gives JSON. What it gives says nothing. */
final class HostBenchmarkTest {
  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void everyFigure_givesALineOfJsonForEachOfItsQuantities() throws Exception {
    List<Figure> figures =
        Figure.ALL.stream().filter(figure -> !figure.name().equals("idle-100")).toList();
    List<String> lines = new ArrayList<>();

    HostBenchmark.run(
        Schedule.QUICK,
        figures,
        EnumSet.of(Contender.NOISE, Contender.TLS, Contender.RAW),
        Path.of("."),
        result -> lines.add(result.toJson()));

    int expected = 0;
    for (Figure figure : figures) {
      expected += figure.quantities().size() * (figure.suits(Contender.TLS) ? 2 : 1);
    }
    assertThat(lines).hasSize(expected);
    for (String line : lines) {
      JsonNode json = new ObjectMapper().readTree(line);
      assertThat(json.get("name").textValue()).as(line).isNotBlank();
      assertThat(json.get("unit").textValue()).as(line).isNotBlank();
      assertThat(json.get("ours").isNumber()).as(line).isTrue();
      assertThat(json.get("rival").isNumber() == json.get("rivalName").isTextual())
          .as(line)
          .isTrue();
      assertThat(json.has("ratio")).as(line).isTrue();
    }
  }
}
