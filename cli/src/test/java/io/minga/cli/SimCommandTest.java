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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimCommandTest {
  private static final long SECOND = 1_000_000_000;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** A tenth of a second passes each time that somebody looks. */
  private final AtomicLong nanos = new AtomicLong();

  private int minga(String... arguments) {
    return minga(false, arguments);
  }

  private int minga(boolean isWatched, String... arguments) {
    Surroundings around =
        new Surroundings(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            isWatched,
            () -> nanos.addAndGet(SECOND / 10),
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
        .contains("seed 3", "seed 4", "seeds 3..4, ", "as fast as real time", "in the second half");
  }

  @Test
  void seedsAtATime_areTold_asOneByOne(@TempDir Path directory) {
    String[] them = {"sim", "S2", "--peers", "3", "--seeds", "1..6", "--report", "" + directory};
    minga(with(them, "--threads", "1"));
    String one = out.toString(StandardCharsets.UTF_8);
    out.reset();
    minga(with(them, "--threads", "3"));
    String three = out.toString(StandardCharsets.UTF_8);

    assertThat(one).contains("seeds 1..6, 1 at a time");
    assertThat(three).contains("seeds 1..6, 3 at a time");
    assertThat(untimed(three)).isEqualTo(untimed(one)).hasSizeGreaterThan(6);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("minga: wrote ", "S2-3-6-minga.html");
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
  }

  /** All lines but the last, without how long it took. */
  private static List<String> untimed(String text) {
    List<String> lines = text.replaceAll(" in [0-9.]+ s, (?=[0-9,]+ events)", "").lines().toList();
    return lines.subList(0, lines.size() - 1);
  }

  @Test
  void whoWatches_isShownHowFarItIs_andThenItIsTakenAway(@TempDir Path directory) {
    minga(true, "sim", "S1", "--peers", "10", "--report", "" + directory);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .containsPattern("S1  \\[[#-]+] [0-9,]+/[0-9,]+")
        .containsPattern("S1 p2pqueue  \\[[#-]+] [0-9,]+/[0-9,]+")
        .contains("\r\033[2Kminga: wrote ");
    err.reset();

    minga(true, "sim", "campaign", "--seeds", "3", "--peers", "3", "--tasks", "20");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("campaign  [", "3/3")
        .endsWith("\r\033[2K");
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
        "S1 --threads 0|--threads is 1 or more, not 0",
        "campaign --threads 0|--threads is 1 or more, not 0",
        "campaign --seeds few|--seeds is a number, such as 100, or a range",
        "campaign --seeds 9..1|seeds go upwards",
        "campaign --faults rain|no fault is called 'rain'"
      })
  void whatIsWrong_isSaid(String arguments, String sentence) {
    assertThat(minga(("sim " + arguments).split(" ", -1))).isEqualTo(Minga.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(sentence);
  }
}
