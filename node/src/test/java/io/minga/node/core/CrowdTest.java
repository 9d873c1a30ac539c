package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.schedule.Periods;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One peer among very many: what it says, and whom it wants to be connected with. */
final class CrowdTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final int FIRST = 100;

  /** A message's envelope: topic, author, sequence number, signature. */
  private static final int ENVELOPE_BYTES = 160;

  /** How often a message comes to a peer, from one or another of its mesh. */
  private static final int COPIES = 6;

  /** Its id, which those outside the mesh say, 24 of them in each of three heartbeats. */
  private static final int IDS_BYTES = 3 * 24 * 48;

  private static final double IDLE_BYTES_PER_SECOND_MOST = 16 * 1024;

  private final NodeCore core =
      new NodeCore(
          Village.peer(1),
          NodeOptions.of("lab", 2),
          new SplittableRandom(1),
          () -> 1_700_000_000_000L);
  private final List<Effect.Report> reports = new ArrayList<>();
  private final Set<PeerId> wanted = new LinkedHashSet<>();
  private final Set<PeerId> connected = new LinkedHashSet<>();
  private final Set<PeerId> owners = new LinkedHashSet<>();
  private long nowNanos = SECOND;
  private long sequence;

  private static PeerId other(int number) {
    return Village.peer(FIRST + number);
  }

  private static LoadReport load(long sequence, int busy) {
    List<LoadReport.FunctionLoad> work =
        List.of(new LoadReport.FunctionLoad(Village.WORK, 1_000_000, 0, 0, 500));
    return new LoadReport(
        7, sequence, 8, busy, 0, 0, 1, true, work, List.of(), 8, 0, false, "", false);
  }

  private LoadReport busy(long workMicros) {
    LoadReport idle = load(++sequence, 8);
    return new LoadReport(
        idle.boot(),
        sequence,
        idle.slots(),
        idle.slots(),
        workMicros / 1_000_000,
        workMicros,
        idle.functionsVersion(),
        true,
        idle.functions(),
        List.of(),
        idle.cores(),
        0,
        false,
        "",
        false);
  }

  private void input(Input input) {
    core.handle(nowNanos, input);
    turn();
  }

  private void turn() {
    for (Effect effect : core.endTurn(nowNanos)) {
      if (effect instanceof Effect.Report report) {
        reports.add(report);
      } else if (effect instanceof Effect.Connect connect) {
        wanted.add(connect.peer());
      } else if (effect instanceof Effect.Send send && isPush(send.frame())) {
        owners.add(send.to());
      }
    }
  }

  private static boolean isPush(Bytes frame) {
    try {
      return WorkFrame.decode(TaskLimits.defaults(), frame) instanceof WorkFrame.Push;
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private void offer(FunctionName... functions) {
    input(new Input.Offer(List.of(functions)));
  }

  /** All of so many say how they stand. */
  private void hear(int peers, int busy) {
    sequence++;
    for (int i = 0; i < peers; i++) {
      core.handle(nowNanos, new Input.Loaded(other(i), load(sequence, busy)));
    }
    turn();
  }

  /** Lets time pass, in which the others say how they stand as often as they should. */
  private void pass(long nanos, int peers, int busy, long periodNanos) {
    long end = nowNanos + nanos;
    long hearNanos = nowNanos + periodNanos;
    while (nowNanos < end) {
      nowNanos =
          Math.min(Math.min(end, hearNanos), Math.max(core.nextDeadlineNanos(), nowNanos + 1));
      if (nowNanos == hearNanos) {
        hear(peers, busy);
        hearNanos += periodNanos;
      } else {
        turn();
      }
    }
  }

  private void connectWanted() {
    Set<PeerId> now = new LinkedHashSet<>(wanted);
    wanted.clear();
    now.removeAll(connected);
    connected.addAll(now);
    now.forEach(peer -> input(new Input.Connected(peer)));
  }

  private void submit(int tasks) {
    Payload input = Payload.of(Bytes.of(1));
    for (int from = 0; from < tasks; from += Submission.CALLS_MAX) {
      int size = Math.min(Submission.CALLS_MAX, tasks - from);
      Submission calls =
          new Submission(
              this,
              Village.WORK,
              Policy.DEFAULT,
              false,
              3_600_000,
              tasks,
              false,
              Collections.nCopies(size, input));
      core.handle(nowNanos, new Input.Submit(calls));
    }
    turn();
  }

  private int reportsIn(long nanos, int peers, int busy, long periodNanos) {
    reports.clear();
    pass(nanos, peers, busy, periodNanos);
    return reports.size();
  }

  @Test
  void idlePeer_speaksHalfAsOften() {
    offer();
    hear(3, 0);
    pass(4 * SECOND, 3, 0, 2 * SECOND);

    assertThat(reportsIn(60 * SECOND, 3, 0, 2 * SECOND)).isBetween(13, 17);
  }

  @Test
  void idlePeerAmongOthersAtWork_speaksAsOftenAsThey() {
    offer();
    hear(3, 1);
    pass(4 * SECOND, 3, 1, 2 * SECOND);

    assertThat(reportsIn(60 * SECOND, 3, 1, 2 * SECOND)).isBetween(27, 33);
  }

  @Test
  void idlePeerAmongAThousand_speaksLessAndLess_andStillKnowsAll() {
    offer();
    hear(1_000, 0);
    pass(30 * SECOND, 1_000, 0, 20 * SECOND);

    assertThat(reportsIn(600 * SECOND, 1_000, 0, 20 * SECOND)).isBetween(3, 6);
    assertThat(reportsIn(2_000 * SECOND, 1_000, 0, 20 * SECOND)).isBetween(4, 6);
    assertThat(core.peerCount()).isEqualTo(1_000);
  }

  @Test
  void silenceOfAnIdlePeer_isItsRight_untilOthersHaveWork() {
    offer();
    hear(1_000, 0);
    pass(600 * SECOND, 0, 0, 600 * SECOND);
    assertThat(core.peerCount()).isEqualTo(1_000);

    workIsSaidBy(other(5), 4);
    assertThat(core.peerCount()).isEqualTo(1_000);
    workIsSaidBy(other(5), 3);
    assertThat(core.peerCount()).isEqualTo(1);
  }

  /** One peer says every six seconds that it is busy, and nobody else says anything. */
  private void workIsSaidBy(PeerId peer, int times) {
    for (int i = 0; i < times; i++) {
      input(new Input.Loaded(peer, load(++sequence, 1)));
      pass(6 * SECOND, 0, 0, 6 * SECOND);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 250, 1_000, 10_000})
  void firstWordOfAPeerThatHasBecomeIdle_isSaidAgainBeforeThePeerIsMissed(int peers) {
    long jitter = Periods.busyNanos(2 * SECOND, peers) / 10;
    long againNanos =
        Periods.busyNanos(2 * SECOND, peers) + Periods.quietNanos(2 * SECOND, peers, 1);
    long missedNanos = Periods.silenceNanos(8 * SECOND, 2 * SECOND, peers, false);

    assertThat(againNanos + 3 * jitter).isLessThan(missedNanos);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 250, 1_000, 10_000})
  void idleNetworkOfAnySize_costsAPeerLessThanItMay(int peers) {
    long periodNanos = Periods.idleNanos(2 * SECOND, peers);
    offer(Village.WORK);
    hear(peers, 0);
    pass(2 * periodNanos, peers, 0, periodNanos);
    reports.clear();
    pass(6 * periodNanos, peers, 0, periodNanos);

    TaskLimits limits = TaskLimits.defaults();
    double bytes =
        reports.stream()
            .mapToInt(report -> report.report().encode(limits).length() + ENVELOPE_BYTES)
            .map(length -> COPIES * length + IDS_BYTES)
            .sum();
    double perSecond = peers * bytes / (6.0 * periodNanos / SECOND);
    assertThat(reports).isNotEmpty();
    assertThat(perSecond).isLessThan(IDLE_BYTES_PER_SECOND_MOST);
  }

  @Test
  void busyPeerAmongAThousand_speaksEveryEightSeconds() {
    offer(Village.WORK);
    hear(1_000, 0);
    submit(2); // which run here, and don't end
    pass(30 * SECOND, 1_000, 0, 20 * SECOND);

    assertThat(reportsIn(160 * SECOND, 1_000, 0, 20 * SECOND)).isBetween(17, 23);
  }

  @Test
  void peersThatCome_oneAfterTheOther_makeNobodySpeakMoreOftenThanAtWork() {
    offer();
    hear(1_000, 0);
    pass(30 * SECOND, 1_000, 0, 20 * SECOND);
    reports.clear();
    for (int i = 0; i < 100; i++) {
      input(new Input.Loaded(other(1_000 + i), load(1, 0)));
      pass(100 * MILLI, 1_000, 0, 20 * SECOND);
    }

    assertThat(reports).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void newConnections_areNoNewsToEverybody() {
    offer();
    hear(1_000, 0);
    pass(30 * SECOND, 1_000, 0, 20 * SECOND);
    connectWanted();
    reports.clear();
    for (int i = 600; i < 700; i++) {
      input(new Input.Connected(other(i)));
      pass(20 * MILLI, 1_000, 0, 20 * SECOND);
    }

    assertThat(reports).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void peerAmongAThousand_asksForSome_andOfAllForThoseThatItHasWorkFor() {
    offer();
    hear(1_000, 0);

    assertThat(wanted).hasSize(Meeting.OPEN_MAX);
    connectWanted();
    assertThat(connected).hasSize(Meeting.OPEN_MAX);
    pass(10 * SECOND, 1_000, 0, 20 * SECOND);
    assertThat(wanted).isEmpty();

    submit(100_000); // a second each
    for (int i = 0; i < 60; i++) {
      pass(100 * MILLI, 1_000, 0, 20 * SECOND);
      connectWanted();
    }

    assertThat(connected.size()).isBetween(370, 400);
    assertThat(owners).hasSizeGreaterThanOrEqualTo(connected.size() - 64);
  }

  @Test
  void reportOfOneAmongAHundred_isBelievedAtOnce_withoutALookAtTheOthers() {
    offer();
    hear(100, 0);
    connectWanted();
    submit(1); // so that all are looked at
    owners.clear();
    nowNanos += 10 * MILLI;
    input(new Input.Loaded(other(5), busy(1_000_000_000)));
    submit(99);

    assertThat(owners).hasSizeGreaterThan(90).doesNotContain(other(5));
  }

  @Test
  void smallJobAmongPeersThatOthersKeepBusy_isSpread_sinceSubmittersTakeTurns() {
    offer();
    hear(10, 0);
    connectWanted();
    for (int i = 0; i < 10; i++) {
      long workMicros = i == 5 ? 6_000_000 : 12_000_000; // one says that it is through before
      LoadReport busy = busy(workMicros);
      core.handle(nowNanos, new Input.Loaded(other(i), busy));
    }
    turn();
    submit(10);

    assertThat(owners).hasSize(10);
  }

  @Test
  void connectionThatNobodyNeeds_isLetGo_andItsPeerStaysKnown() {
    offer();
    hear(1_000, 0);
    connectWanted();
    for (int i = 300; i < 500; i++) { // others connect with this one
      input(new Input.Connected(other(i)));
    }
    input(new Input.Disconnected(other(5)));
    pass(5 * SECOND, 1_000, 0, 20 * SECOND);

    assertThat(wanted).isEmpty();
    assertThat(core.peerCount()).isEqualTo(1_000);
  }

  @Test
  void connectionToAPeerThatHasWork_isAskedForAgain() {
    offer();
    hear(1_000, 0);
    connectWanted();
    submit(10_000);
    PeerId owner = other(5);
    assertThat(owners).contains(owner);
    wanted.clear();

    input(new Input.Disconnected(owner));

    assertThat(wanted).contains(owner);
    pass(2 * SECOND, 1_000, 0, 20 * SECOND);
    assertThat(core.peerCount()).isEqualTo(999); // it is dead, and its tasks are with others
  }

  @Test
  void smallNetwork_everybodyMeets_andWhoIsGoneIsDeadInASecond() {
    offer();
    hear(20, 0);
    assertThat(wanted).hasSize(20);
    connectWanted();

    input(new Input.Disconnected(other(5)));
    assertThat(wanted).containsExactly(other(5));
    pass(1_200 * MILLI, 0, 0, 20 * SECOND);

    assertThat(core.peerCount()).isEqualTo(19);
  }

  @Test
  void silence_isDeathAfterThreeReportsThatAreMissing() {
    offer();
    hear(10, 3);
    pass(8_200 * MILLI, 0, 0, 20 * SECOND);
    assertThat(core.peerCount()).isZero();

    hear(10, 0);
    pass(13 * SECOND, 0, 0, 20 * SECOND);
    assertThat(core.peerCount()).isEqualTo(10);
    pass(2 * SECOND, 0, 0, 20 * SECOND);
    assertThat(core.peerCount()).isZero();
  }
}
