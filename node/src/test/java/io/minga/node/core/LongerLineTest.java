package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a peer says before its time that its line has become longer. */
final class LongerLineTest {
  private static final int RUN_MICROS = 100_000;
  private static final int PERIOD_MILLIS = 2_000;
  private static final int SUBMITTERS = 30;

  private final Village village = new Village(1);
  private final House one = village.add(0, 1);
  private final House other = village.add(0, 1);
  private final House owner = village.add(1, 1, Village.WORK);

  /** When the owner said how it stands, by nanoseconds. */
  private final List<Long> reports = new ArrayList<>();

  /** All know each other, and how long a run takes; the owner has just said that it is idle. */
  @BeforeEach
  void meet() {
    village.meet(3_000);
    village.passUntilDone(one.submit(Village.WORK, 10, RUN_MICROS, true), 20_000);
    village.passUntilDone(other.submit(Village.WORK, 10, RUN_MICROS, true), 20_000);
    village.pass(10 * PERIOD_MILLIS);
    village.watcher =
        (house, effect) -> {
          if (house == owner && effect instanceof Effect.Report) {
            reports.add(village.nowNanos);
          }
        };
    one.submit(Village.WORK, 1, 1_000, true); // there is work, so all speak as often as they may
    while (reports.isEmpty()) {
      village.pass(10);
    }
    reports.clear();
  }

  @Test
  void lineThatSeveralHaveMadeLonger_isSaidAtOnce() {
    one.submit(Village.WORK, 20, RUN_MICROS, true);
    other.submit(Village.WORK, 20, RUN_MICROS, true);

    village.pass(200);

    assertThat(reports).isNotEmpty();
  }

  @Test
  void lineThatOneAloneHasMadeLonger_isSaidInTime_sinceThatOneKnows() {
    one.submit(Village.WORK, 20, RUN_MICROS, true);

    village.pass(200);

    assertThat(reports).isEmpty();
  }

  @Test
  void lineThatIsEverLonger_isSaidAFewTimesInAPeriod() {
    List<House> many = new ArrayList<>();
    for (int i = 0; i < SUBMITTERS; i++) {
      many.add(village.add(0, 1));
    }
    village.meet(100);
    reports.clear();

    for (House each : many) { // none gives more than a second ahead
      each.submit(Village.WORK, 20, RUN_MICROS, true);
      village.pass(PERIOD_MILLIS / SUBMITTERS);
    }

    assertThat(reports).hasSizeBetween(2, 8 + 2);
  }
}
