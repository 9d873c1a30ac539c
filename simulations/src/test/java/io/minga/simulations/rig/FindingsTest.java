package io.minga.simulations.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.rig.Finding.Figure;
import io.minga.simulations.rig.Finding.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FindingsTest {
  private static final List<FaultLine> LINES =
      List.of(
          new FaultLine("kill", "SIGKILL of a worker", "seen ≤ 3 s"),
          new FaultLine("other", "something else", "nothing"));

  private static Finding finding(long seed, Outcome outcome, double seconds, String... notes) {
    return new Finding(
        "kill",
        seed,
        outcome,
        List.of(new Figure("seen after", seconds, "s", 3), new Figure("tasks", 60, "", Double.NaN)),
        List.of(notes),
        12.34);
  }

  @Test
  void rows_haveAllSeedsOfAFaultTogether() {
    String rows =
        Findings.rows(
            LINES,
            List.of(
                finding(1, Outcome.HELD, 0.5),
                finding(2, Outcome.OVER, 3.25, "a note"),
                finding(3, Outcome.HELD, Double.NaN)));

    assertThat(rows)
        .isEqualTo(
            """
            | fault | expected | seen | seeds | |
            | --- | --- | --- | --- | --- |
            | `kill`: SIGKILL of a worker | seen ≤ 3 s | seen after 0.50–3.25 s (≤ 3), tasks 60; \
            a note | 1–3 | held, over, 1 of 3 |
            """);
  }

  @Test
  void line_saysWhatWasFound_andNotesBelow() {
    assertThat(Findings.line(finding(4, Outcome.BROKEN, 0.5, "LOST: one")))
        .isEqualTo(
            "kill            seed 4    BROKEN       12.3 s  seen after 0.50 s (≤ 3), tasks 60\n"
                + "    LOST: one");
  }

  @Test
  void json_hasNullForWhatIsNoNumber() {
    assertThat(Findings.json(finding(4, Outcome.HELD, Double.NaN, "a \"b\"\n")))
        .isEqualTo(
            "{\"fault\":\"kill\",\"seed\":4,\"outcome\":\"HELD\",\"seconds\":12.340,\"figures\":["
                + "{\"name\":\"seen after\",\"value\":null,\"unit\":\"s\",\"atMost\":3.000},"
                + "{\"name\":\"tasks\",\"value\":60.000,\"unit\":\"\",\"atMost\":null}],"
                + "\"notes\":[\"a \\\"b\\\"\\u000a\"]}");
  }

  @Test
  void figure_isOver_onlyIfThereIsOne() {
    assertThat(new Figure("x", 4, "", 3).isOver()).isTrue();
    assertThat(new Figure("x", 3, "", 3).isOver()).isFalse();
    assertThat(new Figure("x", Double.NaN, "", 3).isOver()).isFalse();
    assertThat(new Figure("x", 4, "", Double.NaN).isOver()).isFalse();
  }
}
