package io.minga.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong nanos = new AtomicLong(-5);

  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "999, 999 ms",
    "1000, 1.0 s",
    "59999, 59.9 s",
    "60000, 1 min",
    "250000, 4 min 10 s",
    "3600000, 1 h",
    "9000000, 2 h 30 min",
    "266400000, 3 d 2 h"
  })
  void span_hasTwoUnitsAtMost(long millis, String words) {
    assertThat(Spans.ofMillis(millis)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500",
    "30s, 30000",
    "1.5s, 1500",
    "5m, 300000",
    "2H, 7200000",
    "1d, 86400000"
  })
  void span_isReadAsPeopleWriteIt(String text, long millis) {
    assertThat(Spans.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "0s", "5 s", "5y", "99999999999999999999s"})
  void span_thatIsNone_isSaid(String text) {
    assertThatThrownBy(() -> Spans.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is no");
  }

  @Test
  void table_isAlignedByColumn() {
    Table table =
        new Table("NAME", "COUNT", "TAKES")
            .row("a", 5, new Table.Right("1.0 s"))
            .row("größer", 1234567L, new Table.Right("12 ms"));

    assertThat(table.lines())
        .containsExactly(
            "NAME        COUNT  TAKES", "a               5  1.0 s", "größer  1,234,567  12 ms");
  }

  @Test
  void table_withoutRows_isItsHeadings() {
    assertThat(new Table("NAME", "COUNT").lines()).containsExactly("NAME  COUNT");
  }

  @Test
  void table_showsNoControlCharacters() {
    assertThat(new Table("NAME").row("a\u001b[2Jb\nc").lines()).containsExactly("NAME", "a?[2Jb?c");
  }

  @Test
  void bar_showsHowFar_howFast_andWhenDone() {
    try (ProgressBar bar = new ProgressBar(out, "pi", OptionalLong.of(2000), nanos::get)) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      bar.update(500, 0);
      assertThat(drawn()).isEqualTo("pi  [######------------------] 500/2,000  500/s  ETA 0:03");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      bar.update(1500, 2);
      assertThat(drawn())
          .isEqualTo("pi  [##################------] 1,500/2,000  650/s  ETA 0:01  2 failed");
      nanos.addAndGet(1);
      bar.update(2000, 2);
      assertThat(drawn())
          .isEqualTo("pi  [########################] 2,000/2,000  1,000/s  in 2.0 s  2 failed");
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith(System.lineSeparator());
  }

  @Test
  void bar_makesRoom_andIsDrawnAnew() {
    try (ProgressBar bar = new ProgressBar(out, "pi", OptionalLong.of(2000), nanos::get)) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      bar.update(500, 0);
      bar.clear();
      assertThat(drawn()).isEmpty();

      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      bar.update(1000, 0);
      assertThat(drawn()).startsWith("pi  [############");
      bar.clear();
    }
    assertThat(drawn()).as("nothing to be left").isEmpty();
  }

  @Test
  void bar_withoutATotal_counts() {
    ProgressBar bar = new ProgressBar(out, "pi", OptionalLong.empty(), nanos::get);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    bar.update(3, 0);

    assertThat(drawn()).isEqualTo("pi  3 done  1.5/s");
  }

  @Test
  void bar_isDrawnTenTimesASecondAtMost() {
    ProgressBar bar = new ProgressBar(out, "pi", OptionalLong.of(1_000_000), nanos::get);

    for (int i = 1; i <= 1000; i++) {
      nanos.addAndGet(1_000_000);
      bar.update(i, 0);
    }

    assertThat(bytes.toString(StandardCharsets.UTF_8).split("\r", -1)).hasSize(1 + 10);
  }

  @Test
  void bar_thatWasNeverDrawn_leavesNothing() {
    new ProgressBar(out, "pi", OptionalLong.of(5), nanos::get).close();

    assertThat(bytes.size()).isZero();
  }

  /** The line as it stands on the terminal. */
  private String drawn() {
    String all = bytes.toString(StandardCharsets.UTF_8);
    return all.substring(all.lastIndexOf('\r') + 1).replace("\033[2K", "");
  }
}
