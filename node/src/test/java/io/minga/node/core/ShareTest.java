package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets what of a batch. */
final class ShareTest {
  private static final long MILLI = 1_000_000;
  private static final long NOW = ReportedPeers.NOW_NANOS;
  private static final int SLOTS = 8;
  private static final int PEERS = 20;
  private static final int TASKS = 10;

  private final ReportedPeers peers = new ReportedPeers();

  private OwnBatch batch() {
    Submission submission = Submission.single(this, Village.WORK, Village.input(0));
    BatchBuilder builder =
        new BatchBuilder(
            TaskLimits.defaults(),
            new BatchHeader("lab", peers.self, 1, 1, 1, 1_000_000, Policy.DEFAULT));
    for (int i = 0; i < TASKS; i++) {
      builder.addSalted(Village.WORK, Village.input(i), i);
    }
    Demand demand = peers.dispatch.demand(submission);
    return new OwnBatch(builder.build(), 1, demand, List.of(submission), null, 0, null);
  }

  /** To how many peers the batch goes if all are idle; each gets one task of it at a time. */
  private long goesTo() {
    peers.dispatch.ready(NOW, batch());

    List<Handout> handouts = peers.dispatch.handOut(NOW, peers.loads, peers.estimates);

    assertThat(handouts).allMatch(handout -> handout.tasks.size() == 1);
    return handouts.stream().map(handout -> handout.lane).distinct().count();
  }

  private static ReportedPeers.Standing idle(long meanNanos) {
    return new ReportedPeers.Standing(SLOTS, SLOTS, 0, 0, meanNanos);
  }

  /**
   * All are idle and as fast, but of what they ran some happened to be much alike. They have more
   * slots than there are tasks; whoever else submits would choose the same few.
   */
  @Test
  void smallJob_goesToAsManyPeersAsItHasTasks_howeverMuchTheirRunTimesDiffered() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, idle(1000 * MILLI), (400 + 10 * i) * MILLI);
    }
    assertThat(goesTo()).isEqualTo(TASKS);
  }

  /** The same of peers that seem to differ by less than means do by chance. */
  @Test
  void smallJob_goesToAsManyPeersAsItHasTasks_ifTheyAreAboutAsFast() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, idle((900 + 10 * i) * MILLI), 500 * MILLI);
    }
    assertThat(goesTo()).isEqualTo(TASKS);
  }

  @Test
  void smallJob_doesNotGoToPeersThatAreMuchSlower() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, idle((i < 4 ? 1000 : 2000) * MILLI), 500 * MILLI);
    }
    assertThat(goesTo()).isEqualTo(4);
  }
}
