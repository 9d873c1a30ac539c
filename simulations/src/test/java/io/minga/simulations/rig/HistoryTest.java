package io.minga.simulations.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.simulations.rig.History.Rules;
import io.minga.simulations.rig.Judgement.Broken;
import io.minga.simulations.rig.Observation.Acknowledged;
import io.minga.simulations.rig.Observation.Asked;
import io.minga.simulations.rig.Observation.Gone;
import io.minga.simulations.rig.Observation.Ran;
import io.minga.simulations.rig.Observation.Refused;
import io.minga.simulations.rig.Observation.Stood;
import io.minga.simulations.rig.Observation.Told;
import io.minga.simulations.rig.Observation.ToldFailure;
import io.minga.simulations.rig.Observation.Vanished;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories made by hand. */
final class HistoryTest {
  private static final long FIRST = Work.input(1, 10);
  private static final long SECOND = Work.input(2, 10);
  private static final Asked DURABLE = new Asked(0, List.of(FIRST, SECOND), true, false);
  private static final Asked CALL = new Asked(0, List.of(FIRST), false, false);
  private static final Asked EXCLUSIVE = new Asked(0, List.of(FIRST), true, true);
  private static final Observation TAKEN = new Acknowledged(0);
  private static final long SECONDS_TWO = 2_000_000_000;
  private static final long KILLED = Long.MAX_VALUE;

  private static Told told(int index, long input) {
    return new Told(0, index, Work.answer(input));
  }

  private static Ran ran(long input, int peer, long begin, long end) {
    return new Ran(input, peer, begin, end, peer);
  }

  private static Judgement judge(Observation... seen) {
    return History.judge(List.of(seen), Rules.STRICT);
  }

  /** Which promises a history breaks. */
  private static List<Broken> broken(Observation... seen) {
    return broken(Rules.STRICT, seen);
  }

  private static List<Broken> broken(Rules rules, Observation... seen) {
    return History.judge(List.of(seen), rules).violations().stream()
        .map(Judgement.Violation::broken)
        .toList();
  }

  /** Which are broken where an exclusive task ran so, and its caller was told its result. */
  private static List<Broken> brokenByExclusive(Observation... runs) {
    List<Observation> seen = new ArrayList<>(List.of(EXCLUSIVE, TAKEN));
    seen.addAll(List.of(runs));
    seen.add(told(0, FIRST));
    return broken(seen.toArray(Observation[]::new));
  }

  @Test
  void allDoneOnce_isWell() {
    Judgement judgement =
        judge(
            DURABLE,
            TAKEN,
            ran(FIRST, 1, 0, 5),
            ran(SECOND, 2, 1, 6),
            told(0, FIRST),
            told(1, SECOND));

    assertThat(judgement.violations()).isEmpty();
    assertThat(judgement.unfinished()).isEmpty();
    assertThat(judgement.acknowledged()).isEqualTo(2);
    assertThat(judgement.ended()).isEqualTo(2);
    assertThat(judgement.again()).isZero();
  }

  @Test
  void runTwice_toldTwiceTheSame_isWell() {
    Judgement judgement =
        judge(
            DURABLE,
            TAKEN,
            ran(FIRST, 1, 0, KILLED),
            ran(FIRST, 2, 3, 9),
            ran(SECOND, 2, 9, 12),
            told(0, FIRST),
            told(1, SECOND),
            told(0, FIRST));

    assertThat(judgement.violations()).isEmpty();
    assertThat(judgement.again()).isOne();
  }

  @Test
  void acknowledged_withoutOutcome_isUnfinished() {
    Judgement judgement = judge(DURABLE, TAKEN, ran(FIRST, 1, 0, 5), told(0, FIRST));

    assertThat(judgement.violations()).isEmpty();
    assertThat(judgement.unfinished())
        .containsExactly("1 of 2 tasks of request 0 have no outcome yet");
  }

  @Test
  void acknowledged_andGone_isLost() {
    assertThat(broken(DURABLE, TAKEN, new Gone(0, false))).containsExactly(Broken.LOST);
    assertThat(broken(DURABLE, TAKEN, new Gone(0, true))).containsExactly(Broken.LOST);
  }

  @Test
  void gone_withAllOutcomesToldBefore_isNotLost() {
    assertThat(
            broken(
                DURABLE,
                TAKEN,
                ran(FIRST, 1, 0, 5),
                ran(SECOND, 1, 5, 6),
                told(0, FIRST),
                told(1, SECOND),
                new Gone(0, false)))
        .isEmpty();
  }

  @Test
  void goneAndSaid_isExcused_whereThatMayBe() {
    Rules damaged = new Rules(false, true);

    assertThat(broken(damaged, DURABLE, TAKEN, new Gone(0, true))).isEmpty();
    assertThat(broken(damaged, DURABLE, TAKEN, new Gone(0, false))).containsExactly(Broken.LOST);
  }

  @Test
  void unknown_mayBeNothing_orAll() {
    Observation vanished = new Vanished(0);

    Judgement nothing = judge(DURABLE, vanished);
    assertThat(nothing.violations()).isEmpty();
    assertThat(nothing.unfinished()).isEmpty();
    assertThat(nothing.unknown()).isEqualTo(2);

    assertThat(judge(DURABLE, vanished, ran(FIRST, 1, 0, 5), told(0, FIRST)).violations())
        .isEmpty();
  }

  @Test
  void unknown_withWrongResult_isWrong() {
    assertThat(broken(DURABLE, new Vanished(0), ran(FIRST, 1, 0, 5), told(0, SECOND)))
        .containsExactly(Broken.WRONG);
  }

  @Test
  void refused_withOutcome_isBroken() {
    Observation refused = new Refused(0);

    assertThat(judge(DURABLE, refused).refused()).isEqualTo(2);
    assertThat(broken(DURABLE, refused)).isEmpty();
    assertThat(broken(DURABLE, refused, ran(FIRST, 1, 0, 5), told(0, FIRST)))
        .containsExactly(Broken.REFUSED);
  }

  @Test
  void outcome_thatChanges_isBroken() {
    assertThat(broken(CALL, ran(FIRST, 1, 0, 5), told(0, FIRST), new Told(0, 0, 7)))
        .containsExactly(Broken.CHANGED);
    assertThat(
            broken(
                new Rules(true, false),
                CALL,
                ran(FIRST, 1, 0, 5),
                new ToldFailure(0, 0, "TIMED_OUT"),
                told(0, FIRST)))
        .containsExactly(Broken.CHANGED);
  }

  @Test
  void wrongResult_isBroken() {
    assertThat(broken(CALL, ran(FIRST, 1, 0, 5), new Told(0, 0, 7))).containsExactly(Broken.WRONG);
  }

  @Test
  void result_thatNobodyComputed_isBroken() {
    assertThat(broken(CALL, told(0, FIRST))).containsExactly(Broken.FROM_NOTHING);
    assertThat(broken(CALL, ran(FIRST, 1, 0, KILLED), told(0, FIRST)))
        .containsExactly(Broken.FROM_NOTHING);
  }

  @Test
  void failure_isBroken_unlessExcused() {
    Observation failed = new ToldFailure(0, 0, "FAILED");

    assertThat(broken(CALL, failed)).containsExactly(Broken.FAILED);
    Judgement excused = History.judge(List.of(CALL, failed), new Rules(true, false));
    assertThat(excused.violations()).isEmpty();
    assertThat(excused.failed()).isOne();
  }

  @Test
  void call_withoutAnswer_isUnfinished_unlessItsPeerWentAway() {
    assertThat(judge(CALL).unfinished()).hasSize(1);
    assertThat(judge(CALL, new Vanished(0)).unfinished()).isEmpty();
  }

  @Test
  void exclusive_runByTwoAtOnce_isBroken() {
    assertThat(brokenByExclusive(ran(FIRST, 2, 4, 9), ran(FIRST, 1, 0, 5)))
        .containsExactly(Broken.OVERLAP);
  }

  @Test
  void exclusive_runOneAfterTheOther_isWell() {
    assertThat(brokenByExclusive(ran(FIRST, 1, 0, 5), ran(FIRST, 2, 5, 9))).isEmpty();
  }

  @Test
  void exclusive_runInAnEarlierEpoch_isBroken() {
    assertThat(brokenByExclusive(ran(FIRST, 2, 0, 5), ran(FIRST, 1, 5, 9)))
        .containsExactly(Broken.OVERLAP);
  }

  @Test
  void exclusive_endedByOneThatStoodStill_isFenced_ifItNoticesSoon() {
    Observation stood = new Stood(1, 2, 8);
    Ran after = ran(FIRST, 2, 6, 7);

    assertThat(brokenByExclusive(stood, ran(FIRST, 1, 0, 9), after)).isEmpty();
    assertThat(brokenByExclusive(stood, ran(FIRST, 1, 0, 9 + SECONDS_TWO), after))
        .containsExactly(Broken.OVERLAP);
    assertThat(brokenByExclusive(stood, ran(FIRST, 1, 0, 9), ran(FIRST, 2, 1, 7)))
        .containsExactly(Broken.OVERLAP);
  }

  @Test
  void shared_runByTwoAtOnce_isWell() {
    assertThat(broken(CALL, ran(FIRST, 1, 0, 5), ran(FIRST, 2, 1, 4), told(0, FIRST))).isEmpty();
  }

  @Test
  void answer_withoutRequest_isNoHistory() {
    assertThatThrownBy(() -> judge(TAKEN)).hasMessageContaining("request 0 was never made");
  }
}
