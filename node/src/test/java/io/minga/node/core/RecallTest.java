package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.core.Recall.Recalled;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is called back from a peer, and who gets it. */
final class RecallTest {
  private static final long MILLI = 1_000_000;
  private static final long NOW = ReportedPeers.NOW_NANOS;
  private static final int ROUNDS_MAX = 20;
  private static final int SEQUENCE = 5;

  private final ReportedPeers peers = new ReportedPeers();
  private final Dispatch dispatch = peers.dispatch;

  /** A peer of one slot that has so much work of others. */
  private Lane add(int number, long meanMillis, long othersMillis) {
    int free = othersMillis == 0 ? 1 : 0;
    return peers.add(
        number, new ReportedPeers.Standing(1, free, 0, othersMillis * MILLI, meanMillis * MILLI));
  }

  private OwnBatch batch(int tasks) {
    Submission submission = Submission.single(this, Village.WORK, Village.input(0));
    BatchBuilder builder =
        new BatchBuilder(
            TaskLimits.defaults(),
            new BatchHeader("lab", peers.self, 1, SEQUENCE, 1, 1_000_000, Policy.DEFAULT));
    for (int i = 0; i < tasks; i++) {
      builder.addSalted(Village.WORK, Village.input(i), i);
    }
    Demand demand = dispatch.demand(submission);
    return new OwnBatch(builder.build(), 1, demand, List.of(submission), null, 0, null);
  }

  /**
   * Two quick peers are busy with others' work, but submitters take turns there, and a slow one is
   * idle. By turns a task is best with a quick one; by when all is over it is called back from
   * there, and would go to the other quick one, and back.
   */
  @Test
  void taskThatIsCalledBack_goesWhereItWasCalledBackFor_andStays() {
    Lane slow = add(2, 600, 0);
    Lane busy = add(3, 10, 13_000);
    add(4, 10, 4_000);
    OwnBatch batch = batch(4);
    peers.look(batch.demand);
    Candidate first = batch.demand.candidates.list().get(1);
    assertThat(first.lane()).isSameAs(busy);
    Dispatch.handOut(NOW, batch, batch.ready, first, 4);

    int rounds = 0;
    List<Recalled> recalls = dispatch.recalls(NOW, peers.loads, peers.estimates);
    assertThat(recalls).hasSize(1);
    for (; !recalls.isEmpty() && rounds < ROUNDS_MAX; rounds++) {
      recalls.forEach(this::comeBack);
      dispatch.handOut(NOW, peers.loads, peers.estimates);
      recalls = dispatch.recalls(NOW, peers.loads, peers.estimates);
    }

    assertThat(rounds).isLessThan(4);
    assertThat(slow.handouts()).isNotEmpty();
    assertThat(batch.ready.isEmpty()).isTrue();
  }

  private void comeBack(Recalled recalled) {
    OwnBatch batch = recalled.from().of;
    recalled
        .tasks()
        .forEach(
            index -> {
              dispatch.over(recalled.from(), index);
              batch.ready.add(index);
            });
    batch.avoided = recalled.from().lane;
    dispatch.ready(NOW, batch);
    if (recalled.to() != null) {
      Recall.handOver(NOW, recalled, recalled.to());
    }
  }
}
