package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who gets what of a batch. */
final class ShareTest {
  private static final long MILLI = 1_000_000;
  private static final long NOW = ReportedPeers.NOW_NANOS;
  private static final int SLOTS = 8;
  private static final int PEERS = 20;
  private static final int TASKS = 10;

  /** So many that their level isn't reckoned each time, and how long it is believed at least. */
  private static final int MANY = 300;

  private static final long SOON = 100_000;

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
    return lanes().size();
  }

  private Set<Lane> lanes() {
    peers.dispatch.ready(NOW, batch());

    List<Handout> handouts = peers.dispatch.handOut(NOW, peers.loads, peers.estimates);

    assertThat(handouts).allMatch(handout -> handout.tasks.size() == 1);
    return handouts.stream().map(handout -> handout.lane).collect(Collectors.toSet());
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

  /** What goes there takes two ways, and so does what comes back. */
  @Test
  void smallJob_doesNotGoToPeersThatAreSpokenWithThroughOthers_whileEqualOnesAreIdle() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, idle(1000 * MILLI), 500 * MILLI).carried = i % 2 == 0;
    }

    Set<Lane> lanes = lanes();

    assertThat(lanes).hasSize(TASKS).noneMatch(lane -> lane.carried);
  }

  @Test
  void smallJob_goesToPeersThatAreSpokenWithThroughOthers_ifNobodyElseIsIdle() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, i < 4 ? idle(1000 * MILLI) : full(), 500 * MILLI).carried = i < 4;
    }

    assertThat(lanes()).hasSize(4).allMatch(lane -> lane.carried);
  }

  private static ReportedPeers.Standing full() {
    return new ReportedPeers.Standing(SLOTS, 0, 2 * SLOTS, 3 * SLOTS * 1000 * MILLI, 1000 * MILLI);
  }

  @Test
  void smallJob_doesNotGoToPeersThatAreMuchSlower() {
    for (int i = 0; i < PEERS; i++) {
      peers.add(2 + i, idle((i < 4 ? 1000 : 2000) * MILLI), 500 * MILLI);
    }
    assertThat(goesTo()).isEqualTo(4);
  }

  /** Where there are very many, the moment by which all could be over isn't reckoned each time. */
  @Test
  void levelOfVeryMany_isAMomentThatStays_untilMoreWaitsOrItIsOld() {
    for (int i = 0; i < MANY; i++) {
      peers.add(2 + i, full(), 500 * MILLI);
    }
    OwnBatch first = batch();
    Demand demand = first.demand;
    peers.look(demand);
    peers.dispatch.ready(NOW, first);
    double level = Share.untilNanos(NOW, demand, first, null);

    first.ready.takeFirst(TASKS / 2);

    assertThat(Share.untilNanos(NOW + SOON, demand, first, null)).isEqualTo(level - SOON);
    peers.dispatch.ready(NOW, batch());
    double ofMore = Share.untilNanos(NOW + SOON, demand, first, null);
    assertThat(ofMore).isEqualTo(level); // twice as many batches, of half as many tasks
    first.ready.takeFirst(TASKS / 4);
    assertThat(Share.untilNanos(NOW + 2 * SOON, demand, first, null)).isEqualTo(level - SOON);
    double ofLess = Share.untilNanos(NOW + MILLI, demand, first, null);
    assertThat(ofLess).isLessThan(level - MILLI); // four tasks less, in 2,400 slots
  }
}
