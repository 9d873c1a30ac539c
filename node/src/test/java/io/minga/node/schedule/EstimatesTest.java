package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.peer;
import static io.minga.node.schedule.Peers.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.minga.node.task.FunctionName;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class EstimatesTest {
  private static final FunctionName OTHER = new FunctionName("other");

  private final Estimates estimates = new Estimates(ScheduleOptions.DEFAULT);

  private void observe(int peer, FunctionName function, int times, long nanos) {
    for (int i = 0; i < times; i++) {
      estimates.observe(peer(peer), function, 0, nanos);
    }
  }

  private long mean(int peer, Kind kind) {
    return estimates.estimate(peer(peer), kind, 0).meanNanos();
  }

  @Test
  void unknownFunction_takesTheHint_orATenthOfASecond() {
    assertThat(mean(1, KIND)).isEqualTo(SECOND / 10);
    assertThat(estimates.estimate(peer(1), KIND, 7_000_000).meanNanos()).isEqualTo(7_000_000);
    assertThat(estimates.knows(peer(1), WORK)).isFalse();
  }

  @Test
  void functionNewToAPeer_takesTheNetworksMean_scaledByThePeersSpeed() {
    observe(1, WORK, 20, SECOND);
    observe(1, OTHER, 20, SECOND / 100);
    observe(2, OTHER, 100, SECOND / 50);

    assertThat((double) mean(2, KIND)).isCloseTo(2.0 * SECOND, within(SECOND / 4.0));
    assertThat((double) mean(3, KIND)).isBetween(0.9 * SECOND, 2.1 * SECOND);
  }

  @Test
  void functionThatWouldTakeLessThanNothing_takesTheLeastThatIsToldApart() {
    observe(1, OTHER, 20, SECOND);
    observe(2, OTHER, 20, 1_000); // a million times as fast
    observe(1, WORK, 20, 1_000);

    assertThat(mean(2, KIND)).isEqualTo(RunTime.MIN_NANOS);
  }

  @Test
  void meanAndDeviation_followTheRuns() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      estimates.observe(
          peer(1), WORK, 0, Math.round(SECOND + SECOND / 10.0 * random.nextGaussian()));
    }
    RunTime steady = estimates.estimate(peer(1), KIND, 0);
    observe(1, WORK, 60, 10 * SECOND);

    assertThat((double) steady.meanNanos()).isCloseTo((double) SECOND, within(SECOND / 20.0));
    assertThat((double) steady.deviationNanos()).isCloseTo(SECOND / 10.0, within(SECOND / 20.0));
    assertThat((double) mean(1, KIND)).isCloseTo(10.0 * SECOND, within(2.0 * SECOND));
  }

  @Test
  void report_isBelievedWithinHalfAndTwiceOfWhatWasSeen_whichCountsOnceItIsMore() {
    estimates.report(report(1, 1, 4, 0, 100 * SECOND));
    assertThat(mean(1, KIND)).isEqualTo(100 * SECOND);

    observe(1, WORK, 30, SECOND);
    assertThat((double) mean(1, KIND)).isCloseTo(2.0 * SECOND, within(SECOND / 10.0));
    observe(1, WORK, 170, SECOND);
    assertThat((double) mean(1, KIND)).isCloseTo(1.0 * SECOND, within(SECOND / 10.0));
    estimates.forget(peer(1));
    assertThat(estimates.knows(peer(1), WORK)).isFalse();
  }

  @Test
  void peerThatIsTenTimesSlower_isKnownAfterThreeRuns() {
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      estimates.observe(peer(1), WORK, 0, Math.round(SECOND * Math.exp(random.nextGaussian() / 2)));
    }
    double before = (double) mean(1, KIND);
    observe(1, WORK, 3, 10 * SECOND);

    assertThat(before).isBetween(0.9 * SECOND, 1.4 * SECOND);
    assertThat((double) mean(1, KIND)).isBetween(9.0 * SECOND, 11.0 * SECOND);
  }

  @Test
  void whatRunsForLong_isExpectedToTakeLonger_asLongAsItRuns() {
    for (int i = 0; i < 200; i++) {
      observe(1, WORK, 1, i % 2 == 0 ? SECOND / 2 : 3 * SECOND / 2);
    }

    assertThat(estimates.late(peer(1), running(8, SECOND / 2))).isFalse();
    assertThat((double) mean(1, KIND)).isBetween(0.9 * SECOND, 1.1 * SECOND);
    assertThat(estimates.late(peer(1), running(8, 3 * SECOND))).as("news").isTrue();
    assertThat((double) mean(1, KIND)).isBetween(4.0 * SECOND, 6.0 * SECOND);
    assertThat(estimates.late(peer(1), running(8, 3 * SECOND))).as("news again").isFalse();
    assertThat(estimates.late(peer(1), running(1, 2 * SECOND))).as("one may be long").isFalse();
    assertThat(estimates.late(peer(1), Map.of())).isFalse();
    assertThat((double) mean(1, KIND)).isBetween(0.9 * SECOND, 1.1 * SECOND);
  }

  private static Map<FunctionName, Lateness> running(int slots, long nanos) {
    Lateness lateness = new Lateness();
    for (int i = 0; i < slots; i++) {
      lateness.add(1, nanos);
    }
    return Map.of(WORK, lateness);
  }

  @Test
  void peerThatSaysItHasBecomeSlow_isBelieved_andWhenItIsWellAgain() {
    estimates.report(report(1, 1, 4, 0, SECOND));
    observe(1, WORK, 200, 2 * SECOND); // ours are longer than others'

    estimates.report(report(1, 2, 4, 0, 8 * SECOND));
    assertThat((double) mean(1, KIND)).isBetween(15.0 * SECOND, 17.0 * SECOND);
    estimates.report(report(1, 3, 4, 0, 10 * SECOND));
    assertThat((double) mean(1, KIND)).isBetween(19.0 * SECOND, 21.0 * SECOND);
    estimates.report(report(1, 4, 4, 0, SECOND));
    assertThat((double) mean(1, KIND)).isBetween(1.9 * SECOND, 2.1 * SECOND);
  }

  @Test
  void peersThatDifferByChanceAlone_areTakenToBeEqual_othersAreNot() {
    Random random = new Random(1);
    for (int i = 0; i < 64; i++) {
      for (int peer = 0; peer < 50; peer++) {
        double times = Math.exp(random.nextGaussian() / 2);
        estimates.observe(peer(peer), WORK, 0, Math.round(SECOND * times));
        long other = peer < 25 ? SECOND : 4 * SECOND;
        estimates.observe(peer(peer), OTHER, 0, Math.round(other * times));
      }
    }
    Estimates equal = new Estimates(ScheduleOptions.DEFAULT);
    Estimates unequal = new Estimates(ScheduleOptions.DEFAULT);
    double[] seen = new double[50];
    for (int round = 0; round < 2; round++) {
      for (int peer = 0; peer < 50; peer++) {
        RunTime work = measured(peer, WORK);
        seen[peer] = (double) work.meanNanos();
        equal.report(saying(peer, work));
        RunTime other = measured(peer, OTHER);
        unequal.report(saying(peer, new RunTime(WORK, other.meanNanos(), other.deviationNanos())));
      }
    }

    assertThat(spread(seen)).isGreaterThan(1.15);
    for (int peer = 0; peer < 50; peer++) {
      seen[peer] = (double) equal.estimate(peer(peer), KIND, 0).meanNanos();
    }
    assertThat(spread(seen)).isLessThan(1.1);
    double slow = (double) unequal.estimate(peer(30), KIND, 0).meanNanos();
    assertThat(slow).isCloseTo((double) measured(30, OTHER).meanNanos(), within(0.05 * slow));
  }

  private RunTime measured(int peer, FunctionName function) {
    return Objects.requireNonNull(estimates.measured(peer(peer), function));
  }

  private static PeerReport saying(int peer, RunTime time) {
    return new PeerReport(peer(peer), 1, 1, 4, 4, 0, 0, List.of(time), true, List.of(), 4, 1024);
  }

  private static double spread(double[] values) {
    DoubleSummaryStatistics all = DoubleStream.of(values).summaryStatistics();
    return all.getMax() / all.getMin();
  }

  @Test
  void wideFunction_isEstimatedBySize() {
    for (int i = 0; i < 400; i++) {
      boolean large = i % 16 == 0;
      estimates.observe(peer(1), WORK, large ? 1 << 20 : 100, large ? 20 * SECOND : SECOND / 100);
    }

    Kind small = estimates.kind(WORK, 100, Need.ONE_CORE);
    Kind large = estimates.kind(WORK, 1 << 20, Need.ONE_CORE);

    assertThat(estimates.isWide(WORK)).isTrue();
    assertThat(mean(1, small)).isLessThan(SECOND / 10);
    assertThat(mean(1, large)).isGreaterThan(10 * SECOND);
  }

  @Test
  void taskPastItsEstimate_needsAsLongAgain() {
    assertThat(Estimates.remainingNanos(10, 4)).isEqualTo(6);
    assertThat(Estimates.remainingNanos(10, 25)).isEqualTo(25);
  }

  @Test
  void peersAndFunctions_areBounded() {
    for (int i = 0; i < 300; i++) {
      observe(1, new FunctionName("f" + i), 1, SECOND);
    }

    assertThat(estimates.knows(peer(1), new FunctionName("f255"))).isTrue();
    assertThat(estimates.knows(peer(1), new FunctionName("f256"))).isFalse();
  }
}
