package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.peer;
import static io.minga.node.schedule.Peers.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.minga.node.task.FunctionName;
import java.util.Random;
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
  void report_isBelievedWithinHalfAndTwiceOfWhatWasSeen() {
    estimates.report(report(1, 1, 4, 0, 100 * SECOND));
    assertThat(mean(1, KIND)).isEqualTo(100 * SECOND);

    observe(1, WORK, 200, SECOND);
    assertThat((double) mean(1, KIND)).isCloseTo(2.0 * SECOND, within(SECOND / 10.0));
    estimates.forget(peer(1));
    assertThat(estimates.knows(peer(1), WORK)).isFalse();
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
