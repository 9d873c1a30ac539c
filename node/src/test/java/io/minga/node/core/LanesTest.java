package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is left out where not all are looked at for each share. */
final class LanesTest {
  private static final long MEAN = 1_000_000_000;
  private static final int TASKS = 100;
  private static final int STEPS = 500;

  private final ReportedPeers peers = new ReportedPeers();
  private final List<OwnBatch> batches = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();

  private void add(int count, SplittableRandom random) {
    for (int i = 0; i < count; i++) {
      int slots = 1 + random.nextInt(8);
      long mean = MEAN * (1 + random.nextInt(3));
      lanes.add(peers.add(2 + i, new ReportedPeers.Standing(slots, slots, 0, 0, mean)));
    }
  }

  private void submit() {
    Submission submission = Submission.single(this, Village.WORK, Village.input(0));
    BatchBuilder builder =
        new BatchBuilder(
            TaskLimits.defaults(),
            new BatchHeader("lab", peers.self, 1, batches.size(), 1, 1_000_000, Policy.DEFAULT));
    for (int i = 0; i < TASKS; i++) {
      builder.addSalted(Village.WORK, Village.input(i), i);
    }
    Demand demand = peers.dispatch.demand(submission);
    List<Submission> of = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      of.add(submission);
    }
    OwnBatch batch = new OwnBatch(builder.build(), 1, demand, of, null, 0, null);
    batches.add(batch);
    peers.dispatch.ready(ReportedPeers.NOW_NANOS, batch);
  }

  /** Something happens to some peer that has tasks. */
  private void happen(SplittableRandom random) {
    Lane lane = lanes.get(random.nextInt(lanes.size()));
    for (Handout handout : List.copyOf(lane.handouts())) {
      switch (random.nextInt(4)) {
        case 0 -> peers.dispatch.answered(handout);
        case 1 -> peers.dispatch.over(handout, handout.tasks.first());
        case 2 -> lane.answered(random.nextLong(1_000_000_000));
        default -> lane.hasNotAnswered(random.nextLong(1_000_000_000));
      }
    }
  }

  /**
   * Nobody who has room is passed over: of few peers all are looked at, of many those that are full
   * are left out until that may have changed.
   */
  @ParameterizedTest
  @ValueSource(ints = {10, 63, 64, 200})
  void whoHasRoom_isLookedAt(int count) {
    SplittableRandom random = new SplittableRandom(count);
    add(count, random);
    int leftOut = 0;
    for (int step = 0; step < STEPS; step++) {
      if (step % 2 == 0) {
        submit();
      }
      peers.dispatch.handOut(ReportedPeers.NOW_NANOS, peers.loads, peers.estimates);
      for (int i = random.nextInt(2 * count); i > 0; i--) {
        happen(random);
      }
      Demand demand = batches.get(0).demand;
      demand.candidates.freed(peers.dispatch.lanes());
      for (int place = 0; place < demand.candidates.size(); place++) {
        Candidate each = demand.candidates.list().get(place);
        boolean isLookedAt = demand.candidates.fullFrom(place) == 0;
        assertThat(isLookedAt || each.isFull()).isTrue();
        leftOut += isLookedAt ? 0 : 1;
      }
    }
    assertThat(leftOut > 0).as("some are left out").isEqualTo(count >= 64);
  }
}
