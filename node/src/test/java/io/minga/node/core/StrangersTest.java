package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.LoadReport;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** One peer among ten thousand: whom it knows, and what it heeds of those whom it doesn't. */
final class StrangersTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final int FIRST = 100;
  private static final int PEERS = 10_000;
  private static final TaskLimits LIMITS = TaskLimits.defaults();

  private final NodeCore core =
      new NodeCore(
          Village.peer(1),
          NodeOptions.of("lab", 2),
          new SplittableRandom(1),
          () -> 1_700_000_000_000L);
  private long nowNanos = SECOND;
  private long sequence;
  private int reports;
  private final List<PeerId> owners = new ArrayList<>();
  private final List<MoveFrame> answers = new ArrayList<>();

  private static PeerId other(int number) {
    return Village.peer(FIRST + number);
  }

  private LoadReport load(int busy, boolean waiting) {
    List<LoadReport.FunctionLoad> work =
        List.of(new LoadReport.FunctionLoad(Village.WORK, 1_000_000, 0, 0, 500));
    return new LoadReport(
        7,
        ++sequence,
        8,
        busy,
        busy,
        2L * busy * 1_000_000,
        1,
        true,
        work,
        List.of(),
        8,
        0,
        false,
        "",
        waiting);
  }

  private void turn() {
    for (Effect effect : core.endTurn(nowNanos)) {
      try {
        if (effect instanceof Effect.Report) {
          reports++;
        } else if (effect instanceof Effect.SendMove move) {
          answers.add(MoveFrame.decode(LIMITS, move.frame()));
        } else if (effect instanceof Effect.Send send
            && WorkFrame.decode(LIMITS, send.frame()) instanceof WorkFrame.Push) {
          owners.add(send.to());
        }
      } catch (WireException wrong) {
        throw new IllegalStateException(wrong);
      }
    }
  }

  private void input(Input input) {
    core.handle(nowNanos, input);
    turn();
  }

  private void hear(int peers, int busy) {
    for (int i = 0; i < peers; i++) {
      core.handle(nowNanos, new Input.Loaded(other(i), load(busy, false)));
    }
    turn();
  }

  private void pass(long nanos) {
    long end = nowNanos + nanos;
    while (nowNanos < end) {
      nowNanos = Math.min(end, Math.max(core.nextDeadlineNanos(), nowNanos + 1));
      turn();
    }
  }

  private int known(int peers) {
    int known = 0;
    for (int i = 0; i < peers; i++) {
      known += core.isAlive(other(i)) ? 1 : 0;
    }
    return known;
  }

  private PeerId stranger() {
    for (int i = 0; i < PEERS; i++) {
      if (!core.isAlive(other(i))) {
        return other(i);
      }
    }
    throw new AssertionError("there are no strangers");
  }

  @Test
  void peerAmongTenThousand_knowsAThousandAtMost_andAboutHowManyThereAre() {
    input(new Input.Offer(List.of()));
    hear(PEERS, 0);
    hear(PEERS, 0);

    assertThat(known(PEERS)).isBetween(300, Sample.MOST);
    assertThat(core.peerCount()).isCloseTo(PEERS, Percentage.withPercentage(12));
  }

  @Test
  void peerAmongAThousand_knowsAll() {
    input(new Input.Offer(List.of()));
    hear(1_000, 0);

    assertThat(known(1_000)).isEqualTo(1_000);
    assertThat(core.peerCount()).isEqualTo(1_000);
  }

  @Test
  void strangerWithAConnection_isKnownForAsLong() {
    input(new Input.Offer(List.of()));
    hear(PEERS, 0);
    PeerId stranger = stranger();

    input(new Input.Connected(stranger));
    input(new Input.Loaded(stranger, load(0, false)));
    pass(30 * SECOND);
    assertThat(core.isAlive(stranger)).isTrue();

    input(new Input.Disconnected(stranger));
    input(new Input.Loaded(stranger, load(0, false)));
    pass(30 * SECOND);
    assertThat(core.isAlive(stranger)).isFalse();
  }

  @Test
  void strangerWhoseCallsWait_isKnownUntilTheyDont() {
    input(new Input.Offer(List.of()));
    hear(PEERS, 0);
    PeerId stranger = stranger();

    input(new Input.Loaded(stranger, load(0, true)));
    pass(30 * SECOND);
    assertThat(core.isAlive(stranger)).isTrue();

    input(new Input.Loaded(stranger, load(0, false)));
    pass(30 * SECOND);
    assertThat(core.isAlive(stranger)).isFalse();
  }

  @Test
  void strangerWhoseCopiesAreKept_isKnown() {
    input(new Input.Offer(List.of()));
    input(new Input.Keeps(true));
    hear(PEERS, 0);
    PeerId stranger = stranger();

    input(new Input.Connected(stranger));
    input(new Input.Loaded(stranger, load(0, false)));
    Policy durable =
        new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, false, true, "");
    Batch batch = batch(stranger, durable);
    input(new Input.CopyReceived(stranger, new CopyFrame.Keep(1, 1, 0, List.of(stranger), batch)));
    input(new Input.Disconnected(stranger));
    pass(30 * SECOND);
    input(new Input.Loaded(stranger, load(0, false)));
    assertThat(core.isAlive(stranger)).isTrue();
  }

  @Test
  void workOfAStranger_hasIdlePeersSpeak() {
    input(new Input.Offer(List.of(Village.WORK)));
    hear(PEERS, 0);
    pass(400 * SECOND);
    reports = 0;
    pass(800 * SECOND);
    assertThat(reports).isLessThanOrEqualTo(3);

    PeerId stranger = stranger();
    reports = 0;
    for (int i = 0; i < 10; i++) {
      hear(PEERS, 0);
      input(new Input.Loaded(stranger, load(1, false)));
      pass(80 * SECOND);
    }
    assertThat(core.isAlive(stranger)).isFalse();
    assertThat(reports).isBetween(8, 12); // every eighty seconds, as all who have work

    input(new Input.Loaded(stranger, load(0, false)));
    pass(600 * SECOND);
    reports = 0;
    pass(800 * SECOND);
    assertThat(reports).isLessThanOrEqualTo(3);
  }

  @Test
  void silentPeers_areMissedOnceAStrangerHasWork() {
    input(new Input.Offer(List.of(Village.WORK)));
    hear(PEERS, 0);
    pass(600 * SECOND);
    assertThat(known(PEERS)).isPositive();

    PeerId stranger = stranger();
    for (int i = 0; i < 5; i++) {
      input(new Input.Loaded(stranger, load(1, false)));
      pass(80 * SECOND);
    }
    assertThat(known(PEERS)).isZero();
  }

  @Test
  void peerThatIsRightlySilent_getsWorkAllTheSame() {
    input(new Input.Offer(List.of()));
    hear(PEERS, 0);
    PeerId near = other(0);
    input(new Input.Connected(near));
    input(new Input.Loaded(near, load(0, false)));
    pass(2_000 * SECOND); // all speak every 4,000 s

    Payload input = Payload.of(Bytes.of(1));
    input(
        new Input.Submit(
            new Submission(
                this, Village.WORK, Policy.DEFAULT, false, 3_600_000, 1, false, List.of(input))));
    assertThat(owners).containsExactly(near);
  }

  @Test
  void tasksOfAStranger_areTakenOver() {
    input(new Input.Offer(List.of(Village.WORK)));
    hear(PEERS, 0);
    PeerId giver = other(0);
    input(new Input.Connected(giver));
    input(new Input.Loaded(giver, load(8, false)));

    offer(giver, stranger());
    assertThat(answers).hasSize(1).hasOnlyElementsOfType(MoveFrame.Accept.class);
  }

  @Test
  void inASmallNetwork_tasksOfAPeerThatNobodyKnows_areNotTakenOver() {
    input(new Input.Offer(List.of(Village.WORK)));
    hear(10, 0);
    PeerId giver = other(0);
    input(new Input.Connected(giver));
    input(new Input.Loaded(giver, load(8, false)));

    offer(giver, other(500));
    assertThat(answers).hasSize(1).hasOnlyElementsOfType(MoveFrame.Decline.class);
  }

  /** A peer that is busy offers a task of another. */
  private void offer(PeerId giver, PeerId submitter) {
    Batch batch = batch(submitter, Policy.DEFAULT);
    MoveFrame.Lot lot =
        new MoveFrame.Lot(
            batch.cid(),
            submitter,
            1,
            IndexSet.of(0),
            1_000_000,
            Announcement.of(LIMITS, batch, 0, List.of()));
    answers.clear();
    input(new Input.MoveReceived(giver, new MoveFrame.Offer(5, List.of(lot))));
  }

  private static Batch batch(PeerId submitter, Policy policy) {
    long now = 1_700_000_000_000L;
    BatchHeader header = new BatchHeader("lab", submitter, 1, 1, now, now + 86_400_000, policy);
    BatchBuilder builder = new BatchBuilder(LIMITS, header);
    builder.addSalted(Village.WORK, Village.input(1), 1);
    return builder.build();
  }

  @Test
  void onceMostAreGone_allWhoAreLeftAreKnown() {
    input(new Input.Offer(List.of(Village.WORK)));
    hear(PEERS, 1);
    for (int i = 0; i < 60; i++) {
      pass(10 * SECOND);
      hear(300, 1);
    }

    assertThat(known(300)).isEqualTo(300);
    assertThat(core.peerCount()).isEqualTo(300);
  }
}
