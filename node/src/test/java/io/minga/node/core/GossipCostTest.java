package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a task costs all those that have nothing to do with it. */
final class GossipCostTest {
  /** A message's envelope: topic, author, sequence number, signature. */
  private static final int ENVELOPE_BYTES = 160;

  private static final double BYTES_PER_TASK_MOST = 4;

  private record Cost(double bytesPerTask, int announcements) {}

  /** What each of four peers takes in by gossip for each task of such a job, loads included. */
  private static Cost cost(int tasks, int micros, boolean loud) {
    Village village = new Village(tasks);
    village.loud = loud;
    village.lossless = true;
    House submitter = village.add(0, 1);
    for (int i = 0; i < 3; i++) {
      village.add(4, 1, Village.WORK);
    }
    village.meet(3_000);
    long bytes = village.gossip.bytes;
    long messages = village.gossip.messages;

    List<Call> calls = submitter.submit(Village.WORK, tasks, micros, true);
    assertThat(village.passUntilDone(calls, 3_600_000)).isTrue();
    village.pass(4_000);

    bytes = village.gossip.bytes - bytes;
    messages = village.gossip.messages - messages;
    return new Cost(
        (double) (bytes + messages * ENVELOPE_BYTES) / tasks, village.gossip.announcements);
  }

  @Test
  void noOps_costLittle_andTheLessTheMoreThereAre() {
    List<Double> costs = new ArrayList<>();
    for (int tasks : List.of(1_000, 10_000, 100_000)) {
      Cost cost = cost(tasks, 1, false);
      assertThat(cost.announcements).isZero();
      costs.add(cost.bytesPerTask);
    }

    assertThat(costs.get(2)).as("%s", costs).isLessThan(BYTES_PER_TASK_MOST / 10);
    assertThat(costs.get(0)).as("%s", costs).isGreaterThan(costs.get(1));
    assertThat(costs.get(1)).as("%s", costs).isGreaterThan(costs.get(2));
  }

  @Test
  void tasksThatWaitForLong_costNoMore() {
    Cost cost = cost(20_000, 10_000, false); // for more than ten seconds

    assertThat(cost.announcements).isZero();
    assertThat(cost.bytesPerTask).isLessThan(BYTES_PER_TASK_MOST);
  }

  @Test
  void announcedBatches_costLessThanTheyMay() {
    Cost cost = cost(50_000, 1, true);

    assertThat(cost.announcements).isGreaterThanOrEqualTo(50_000 / 256);
    assertThat(cost.bytesPerTask).isLessThan(BYTES_PER_TASK_MOST);
  }
}
