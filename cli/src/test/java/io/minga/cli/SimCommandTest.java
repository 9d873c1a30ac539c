package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int minga(String... arguments) {
    Surroundings around =
        new Surroundings(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            false,
            System::nanoTime,
            Path.of("nowhere"),
            Path.of("nowhere"),
            new RealPeers());
    return Minga.execute(around, arguments);
  }

  @Test
  void scenarioInJson_isOneObject_theSameEachTime(@TempDir Path directory) throws IOException {
    assertThat(minga("sim", "S1", "--peers", "3", "--json", "--report", directory.toString()))
        .isZero();
    JsonNode one = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    out.reset();
    minga("sim", "s1", "--peers", "3", "--json");
    JsonNode two = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));

    assertThat(one.fieldNames())
        .toIterable()
        .contains(
            "scenario",
            "peers",
            "seed",
            "makespanOverOracle",
            "movesPerTask",
            "warmUpMovesPerTask",
            "bytesPerPeerSecond",
            "lost",
            "duplicateExecutions",
            "traceHash",
            "simulatedSeconds",
            "wallSeconds");
    assertThat(two.get("traceHash")).isEqualTo(one.get("traceHash"));
    assertThat(directory.resolve("S1-3-1-minga.html")).exists();
    assertThat(Files.readString(directory.resolve("S1-3-1-minga.html"))).contains("<svg");
  }

  @Test
  void scenarioOfSeveralSeeds_saysHowFastAllWereSimulated() {
    assertThat(minga("sim", "S1", "--peers", "2", "--seeds", "3..4")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "seed 3",
            "seed 4",
            "seeds 3..4: simulated",
            "as fast as real time",
            "in the second half");
  }

  @Test
  void campaign_saysHowManySeedsBrokeAPromise() {
    assertThat(minga("sim", "campaign", "--seeds", "2", "--peers", "3", "--tasks", "20")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("seeds 1..2, each of at most 3 peers", "0 of 2 seeds broke a promise");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "S99|no scenario is called 'S99'",
        "S1 --policy luck|no policy is called 'luck'",
        "S1 --peers 1|--peers is 2 to 10000, not 1",
        "campaign --seeds few|--seeds is a number, such as 100, or a range",
        "campaign --seeds 9..1|seeds go upwards",
        "campaign --faults rain|no fault is called 'rain'"
      })
  void whatIsWrong_isSaid(String arguments, String sentence) {
    assertThat(minga(("sim " + arguments).split(" ", -1))).isEqualTo(Minga.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(sentence);
  }
}
