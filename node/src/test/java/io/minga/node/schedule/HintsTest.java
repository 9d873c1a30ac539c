package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.peer;
import static io.minga.node.schedule.Peers.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class HintsTest {
  private final Loads loads = new Loads(ScheduleOptions.DEFAULT, peer(0));
  private final Estimates estimates = new Estimates(ScheduleOptions.DEFAULT);
  private final Hints hints = new Hints(ScheduleOptions.DEFAULT, new Random(1));

  static List<Long> seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? List.of(seed) : new Random(5).longs(100).boxed().toList();
  }

  private void hear(PeerReport report) {
    assertThat(loads.report(0, report)).isTrue();
    estimates.report(report);
  }

  private @Nullable PeerId next(long nowNanos, Wish wish) {
    Hint hint = hints.next(nowNanos, loads, estimates, wish);
    return hint == null ? null : hint.peer();
  }

  private static Wish by(Placement.Rule rule, @Nullable PeerId near, PeerId... without) {
    return new Wish(KIND, 0, 1, rule, near, List.of(without));
  }

  /** Each batch goes where a look at all peers would have put it. */
  @ParameterizedTest
  @MethodSource("seeds")
  void everyBatch_goesToWhoeverEndsItFirst(long seed) {
    Random random = new Random(seed);
    int peers = 1 + random.nextInt(40);
    for (int i = 0; i < peers; i++) {
      hear(report(i, 1, 1 + random.nextInt(16), random.nextLong(SECOND), 1 + random.nextInt(9999)));
    }
    for (int step = 0; step < 200; step++) {
      long now = step * PeerLoad.GRAIN_NANOS;
      int tasks = 1 << random.nextInt(9);
      Wish wish = Wish.balanced(KIND, tasks);
      Map<PeerId, Long> ends = new LinkedHashMap<>();
      for (Standing each : loads.standings(now, estimates, KIND, 0)) {
        double pours = (double) tasks / each.slots() * each.meanNanos();
        long runs =
            each.finishNanos() == 0 && tasks <= each.slots()
                ? each.meanNanos()
                : Math.max(each.meanNanos(), Math.round(pours) + Math.round(each.tailNanos()));
        long way = each.peer().equals(peer(0)) ? 0 : 200_000;
        ends.put(each.peer(), each.finishNanos() + way + runs);
      }

      PeerId chosen = next(now, wish);

      assertThat(ends.get(chosen))
          .describedAs("seed %d, step %d", seed, step)
          .isEqualTo(ends.values().stream().mapToLong(each -> each).min().orElseThrow());
    }
  }

  @Test
  void job_isPouredLikeWater() {
    hear(report(0, 1, 1, 6 * SECOND, SECOND));
    hear(report(1, 1, 4, 0, SECOND));
    hear(report(2, 1, 2, 0, SECOND / 2));
    Map<PeerId, Integer> shares = new LinkedHashMap<>();

    for (int i = 0; i < 84; i++) {
      shares.merge(Objects.requireNonNull(next(0, Wish.balanced(KIND, 1))), 1, Integer::sum);
    }

    assertThat(shares.get(peer(0))).isBetween(3, 5);
    assertThat(shares.get(peer(1))).isBetween(39, 41);
    assertThat(shares.get(peer(2))).isBetween(39, 41);
  }

  @ParameterizedTest
  @EnumSource(Placement.Rule.class)
  void requirementsAndExclusions_bindUnderEveryRule(Placement.Rule rule) {
    hear(report(0, 1, 4, 0, SECOND));
    hear(
        new PeerReport(
            peer(1),
            1,
            1,
            4,
            4,
            0,
            0,
            List.of(new RunTime(WORK, 0, 0)),
            true,
            List.of("gpu"),
            4,
            0));
    hear(report(2, 1, 0, 0, SECOND));
    Kind gpu = new Kind(WORK, Kind.ANY_SIZE, new Need(1, 0, List.of("gpu")));

    PeerId expected = rule == Placement.Rule.LOCAL ? null : peer(1);
    assertThat(next(0, new Wish(gpu, 0, 1, rule, peer(0), List.of()))).isEqualTo(expected);
    assertThat(next(0, new Wish(gpu, 0, 1, rule, peer(0), List.of(peer(1))))).isNull();
    assertThat(next(0, by(rule, peer(0), peer(0), peer(1)))).isNull();
  }

  @Test
  void placements_chooseWhatTheySay() {
    hear(report(0, 1, 4, 9 * SECOND, SECOND));
    hear(report(1, 1, 4, SECOND, 4 * SECOND));
    hear(report(2, 1, 4, 5 * SECOND, SECOND));
    loads.responded(peer(2), SECOND);
    loads.responded(peer(0), 3 * SECOND);

    assertThat(next(0, by(Placement.Rule.LOCAL, null))).isEqualTo(peer(0));
    assertThat(next(0, by(Placement.Rule.NEAR, peer(1)))).isEqualTo(peer(1));
    assertThat(next(0, by(Placement.Rule.NEAR, peer(9)))).isEqualTo(peer(2));
    assertThat(next(0, by(Placement.Rule.FASTEST, null))).isEqualTo(peer(2));
    loads.report(1, report(1, 2, 4, 0, SECOND));
    assertThat(next(SECOND, by(Placement.Rule.LEAST_LOADED, null))).isEqualTo(peer(1));
  }

  @Test
  void spread_goesRound() {
    for (int i = 0; i < 5; i++) {
      hear(report(i, 1, 1 + i, i * SECOND, SECOND));
    }
    List<PeerId> chosen = new ArrayList<>();

    for (int i = 0; i < 10; i++) {
      chosen.add(Objects.requireNonNull(next(i * SECOND, by(Placement.Rule.SPREAD, null))));
    }

    assertThat(chosen.subList(0, 5)).doesNotHaveDuplicates();
    assertThat(chosen.subList(5, 10)).isEqualTo(chosen.subList(0, 5));
  }

  @Test
  void deadPeer_isOutAtOnce_andASilentOneInTime() {
    hear(report(1, 1, 4, 0, SECOND));
    assertThat(next(0, Wish.balanced(KIND, 1))).isEqualTo(peer(1));

    assertThat(next(31 * SECOND, Wish.balanced(KIND, 1))).isNull();
    loads.report(31 * SECOND, report(1, 2, 4, 0, SECOND));
    assertThat(next(32 * SECOND, Wish.balanced(KIND, 1))).isEqualTo(peer(1));
    loads.forget(peer(1));
    assertThat(next(32 * SECOND, Wish.balanced(KIND, 1))).isNull();
  }

  @Test
  void handedOut_countsUntilAReportMustHaveIt() {
    hear(report(1, 1, 2, 0, SECOND));
    loads.handedOut(0, peer(1), 5 * SECOND);

    assertThat(loads.finishNanos(0, peer(1))).isEqualTo(5 * SECOND);
    loads.report(SECOND / 10, report(1, 2, 2, 0, SECOND));
    assertThat(loads.finishNanos(SECOND / 10, peer(1))).isEqualTo(5 * SECOND);
    loads.report(SECOND, report(1, 3, 2, 8 * SECOND, SECOND));
    assertThat(loads.finishNanos(2 * SECOND, peer(1))).isEqualTo(3 * SECOND);
    assertThat(loads.report(3 * SECOND, report(1, 3, 2, 0, SECOND))).isFalse();
    loads.seen(peer(1), 4 * SECOND);
    loads.report(3 * SECOND, report(1, 4, 2, 0, SECOND));
    assertThat(loads.finishNanos(3 * SECOND, peer(1))).isEqualTo(2 * SECOND);
  }
}
