package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a submitter reckons of a peer that others give work, too. */
final class CandidateTest {
  private static final long MEAN = 100_000_000;

  private final ReportedPeers peers = new ReportedPeers();

  /** A peer of four slots that says it has so much work, of which so much is of this submitter. */
  private Candidate candidate(long workNanos, long oursNanos, int queued) {
    Lane lane = peers.add(2, new ReportedPeers.Standing(4, 0, queued, workNanos, MEAN));
    lane.reportedNanos = oursNanos;
    Demand demand = peers.dispatch.demand(Submission.single(this, Village.WORK, Village.input(0)));
    peers.look(demand);
    return demand.candidates.list().get(0);
  }

  @Test
  void slotThatNothingIsKnownToBeBusyWith_beginsATaskAtOnce() {
    assertThat(candidate(3 * MEAN, 0, 0).nextNanos()).isEqualTo(MEAN);
  }

  @Test
  void taskThatFindsNoSlotFree_waitsForOthers() {
    assertThat(candidate(8 * MEAN, 0, 0).nextNanos()).isEqualTo(3.0 * MEAN);
  }

  @Test
  void whereTasksStoodInLine_noSlotIsFree_thoughTheWorkIsLess() {
    assertThat(candidate(3 * MEAN, 0, 1).nextNanos()).isEqualTo(1.75 * MEAN);
  }

  @Test
  void othersHaveTheShareThatWasNotOurs_whenThePeerSaidHowMuchItHas() {
    assertThat(candidate(8 * MEAN, 2 * MEAN, 0).othersNanos()).isEqualTo(6 * MEAN / 4);
    assertThat(candidate(8 * MEAN, 10 * MEAN, 0).othersNanos()).isZero();
  }
}
