package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Demand.Candidate;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.PeerReport;
import io.minga.node.schedule.RunTime;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a submitter reckons of a peer that others give work, too. */
final class CandidateTest {
  private static final long MILLI = 1_000_000;
  private static final long NOW = 1_000_000_000;
  private static final long MEAN = 100 * MILLI;

  private final PeerId self = Village.peer(1);
  private final NodeOptions options = NodeOptions.of("lab", 0);
  private final Dispatch dispatch = new Dispatch(self, options, new SplittableRandom(1));
  private final Loads loads = new Loads(options.schedule(), self);
  private final Estimates estimates = new Estimates(options.schedule());

  /** A peer of four slots that says it has so much work, of which so much is of this submitter. */
  private Candidate candidate(long workNanos, long oursNanos, int queued) {
    PeerId peer = Village.peer(2);
    PeerReport report =
        new PeerReport(
            peer,
            1,
            1,
            4,
            0,
            queued,
            workNanos,
            List.of(new RunTime(Village.WORK, MEAN, 0, 1000)),
            true,
            List.of(),
            4,
            1024);
    loads.report(NOW, report);
    estimates.report(report);
    dispatch.connected(peer);
    dispatch.lane(peer).reportedNanos = oursNanos;
    Demand demand = dispatch.demand(Submission.single(this, Village.WORK, Village.input(0)));
    dispatch.look(NOW, demand, loads, estimates);
    return demand.candidates().get(0);
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
