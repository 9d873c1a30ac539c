package io.minga.node.core;

import static io.minga.node.core.Village.KILLER;
import static io.minga.node.core.Village.WORK;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.BatchName;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.TaskCid;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exclusive tasks: who may run them, until when, and whose outcome counts. */
final class LeasesTest {
  private static final Policy EXCLUSIVE = policy(true, false, 0);

  private final Village village = new Village(1);
  private final Map<House, List<Long>> begun = new LinkedHashMap<>();
  private final Map<House, List<Long>> interrupted = new LinkedHashMap<>();
  private final Map<House, List<Integer>> epochs = new LinkedHashMap<>();
  private final List<PeerId> enders = new ArrayList<>();
  private final List<WorkFrame> frames = new ArrayList<>();

  private static Policy policy(boolean exclusive, boolean durable, long timeoutMillis) {
    return new Policy(
        5, timeoutMillis, 3, Requirements.NONE, Placement.BALANCED, 1, 1, exclusive, durable, "");
  }

  LeasesTest() {
    village.lossless = true;
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Run run) {
            begun.computeIfAbsent(house, it -> new ArrayList<>()).add(village.nowNanos);
            epochs.computeIfAbsent(house, it -> new ArrayList<>()).add(run.epoch());
          } else if (effect instanceof Effect.Interrupt) {
            interrupted.computeIfAbsent(house, it -> new ArrayList<>()).add(village.nowNanos);
          } else if (effect instanceof Effect.Complete complete && complete.peer() != null) {
            enders.add(complete.peer());
          } else if (effect instanceof Effect.Send send) {
            frames.add(decode(send.frame()));
          }
        };
  }

  private WorkFrame decode(Bytes frame) {
    try {
      return WorkFrame.decode(village.limits, frame);
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private long count(Class<? extends WorkFrame> type) {
    return frames.stream().filter(type::isInstance).count();
  }

  /** A call of exactly so long. */
  private static Call call(House house, int millis, Policy policy) {
    return call(house, WORK, millis, policy);
  }

  private static Call call(House house, FunctionName function, int millis, Policy policy) {
    return house.submitExactly(function, millis * 1000, policy);
  }

  @Test
  void exclusiveTasks_runOnceEach_underLeasesThatAreRenewed() {
    House submitter = village.add(0, 1);
    House worker = village.add(2, 1, WORK);
    village.meet(100);

    List<Call> calls = submitter.submit(WORK, 20, 4_000_000, true, EXCLUSIVE);

    assertThat(village.passUntilDone(calls, 120_000)).isTrue();
    assertThat(calls).allMatch(call -> call.outcomes.get(0) instanceof Outcome.Value);
    assertThat(begun.get(worker)).hasSize(20);
    assertThat(count(WorkFrame.Renew.class)).isGreaterThanOrEqualTo(5);
    assertThat(count(WorkFrame.Lease.class)).isEqualTo(count(WorkFrame.Renew.class));
    assertThat(submitter.core.isIdle()).isTrue();
    village.pass(100);
    assertThat(worker.core.isIdle()).isTrue();
  }

  @Test
  void exclusiveTaskOfTheSubmittersOwnSlots_needsNoLease() {
    House alone = village.add(1, 1, WORK);

    List<Call> calls = alone.submit(WORK, 5, 20_000_000, true, EXCLUSIVE);

    assertThat(village.passUntilDone(calls, 300_000)).isTrue();
    assertThat(count(WorkFrame.Renew.class)).isZero();
  }

  @Test
  void ownerThatHearsNoMoreOfItsSubmitter_stopsAtTheEndOfItsLease_beforeAnotherBegins() {
    House submitter = village.add(0, 1);
    House first = village.add(1, 1, WORK);
    village.meet(100);
    Call call = call(submitter, 60_000, EXCLUSIVE);
    village.pass(1000);
    House second = village.add(1, 1, WORK);
    village.connectAll();
    village.roads.block(submitter, first);
    long cutNanos = village.nowNanos;

    assertThat(village.passUntilDone(List.of(call), 200_000)).isTrue();

    long stopped = requireNonNull(interrupted.get(first)).get(0);
    assertThat(stopped - cutNanos).isBetween(9_000_000_000L, 15_000_000_000L);
    assertThat(begun.get(second)).hasSize(1).allMatch(it -> it > stopped + 1_000_000_000);
    assertThat(epochs.get(first)).containsExactly(1);
    assertThat(epochs.get(second)).containsExactly(2);
    assertThat(enders).containsExactly(second.peer);
  }

  @Test
  void resultThatComesAfterItsLease_doesNotCount() {
    House submitter = village.add(0, 1);
    House first = village.add(1, 1, WORK);
    village.meet(100);
    Call call = call(submitter, 10_000, EXCLUSIVE);
    village.pass(1000);
    House second = village.add(1, 1, WORK);
    village.connectAll();
    village.roads.block(first, submitter);
    village.pass(19_000);
    assertThat(begun.get(second)).hasSize(1);

    village.roads.unblock(first, submitter);

    village.pass(1000);
    assertThat(call.outcomes).isEmpty();
    assertThat(village.passUntilDone(List.of(call), 60_000)).isTrue();
    assertThat(enders).containsExactly(second.peer);
    assertThat(submitter.misbehaved).isEmpty();
  }

  @Test
  void taskThatNoOwnerHasBegun_goesElsewhereAtOnce() {
    House submitter = village.add(0, 1);
    House first = village.add(1, 1, WORK);
    village.meet(100);
    village.roads.block(submitter, first);
    Call call = call(submitter, 100, EXCLUSIVE);
    village.pass(100);
    House second = village.add(1, 1, WORK);
    village.connectAll();

    assertThat(village.passUntilDone(List.of(call), 5_000)).isTrue();
    assertThat(begun).containsOnlyKeys(second);
    village.roads.unblock(submitter, first);
    village.pass(1000);
    assertThat(begun).containsOnlyKeys(second);
    assertThat(first.core.isIdle()).isTrue();
  }

  @Test
  void ownerThatComesBackWithinItsLease_goesOn() {
    House submitter = village.add(0, 1);
    House worker = village.add(1, 1, WORK);
    village.meet(100);
    Call call = call(submitter, 30_000, EXCLUSIVE);
    village.pass(1000);
    village.roads.bar(submitter, worker);
    village.roads.disconnect(submitter, worker);
    village.pass(5000);
    village.roads.unbar();
    village.roads.connect(submitter, worker);

    assertThat(village.passUntilDone(List.of(call), 60_000)).isTrue();
    assertThat(begun.get(worker)).hasSize(1);
    assertThat(interrupted).isEmpty();
  }

  @Test
  void taskOfAKilledOwner_isRunElsewhere_onceItsLeaseHasEnded() {
    House submitter = village.add(0, 1);
    House first = village.add(1, 1, WORK);
    village.meet(100);
    Call call = call(submitter, 5_000, EXCLUSIVE);
    village.pass(1000);
    House second = village.add(1, 1, WORK);
    village.connectAll();
    village.kill(first);
    long killedNanos = village.nowNanos;

    assertThat(village.passUntilDone(List.of(call), 60_000)).isTrue();
    assertThat(requireNonNull(begun.get(second)).get(0) - killedNanos)
        .isBetween(14_000_000_000L, 20_000_000_000L);
  }

  @Test
  void exclusiveTaskThatRunsForTooLong_failsOnceItHasEnded() {
    House submitter = village.add(0, 1);
    House worker = village.add(2, 1, KILLER);
    village.meet(100);

    Call call = call(submitter, KILLER, 3_000, policy(true, false, 1_000));

    village.pass(2_500);
    assertThat(interrupted.get(worker)).hasSize(1);
    assertThat(begun.get(worker)).as("its second attempt waits for the first to end").hasSize(1);
    village.pass(2_000);
    assertThat(begun.get(worker)).hasSize(2);
    assertThat(call.outcomes).isEmpty();
  }

  @Test
  void hostileLeasesAndQuestions_changeNothing() {
    House submitter = village.add(0, 1);
    House worker = village.add(1, 1, WORK);
    House stranger = village.add(1, 1);
    village.meet(100);
    Call call = call(submitter, 2_000, EXCLUSIVE);
    village.pass(500);
    WorkFrame.Renew asked =
        (WorkFrame.Renew)
            frames.stream().filter(WorkFrame.Renew.class::isInstance).findFirst().orElseThrow();
    IndexSet one = IndexSet.of(0);
    BatchName unknown = new BatchName.ByCid(TaskCid.ofMessage(Bytes.utf8("another")));

    List<WorkFrame.Tokens> its = asked.tokens();
    submitter.input(new Input.Received(stranger.peer, new WorkFrame.Renew(9, its)));
    submitter.input(
        new Input.Received(
            worker.peer, new WorkFrame.Renew(9, List.of(new WorkFrame.Tokens(unknown, 1, one)))));
    worker.input(new Input.Received(stranger.peer, new WorkFrame.Lease(1, 1, List.of())));
    worker.input(new Input.Received(submitter.peer, new WorkFrame.Lease(77, 1, List.of())));
    worker.input(new Input.Received(submitter.peer, new WorkFrame.Lease(77, 1, its)));

    assertThat(submitter.misbehaved).hasSize(1).allMatch(it -> it.contains("a lease for"));
    assertThat(village.passUntilDone(List.of(call), 10_000)).isTrue();
    assertThat(begun.get(worker)).hasSize(1);
    assertThat(enders).containsExactly(worker.peer);
  }

  @Test
  void lease_isGrantedInTheTasksEpochOnly() {
    House submitter = village.add(0, 1);
    House worker = village.add(1, 1, WORK);
    village.connectAll();
    village.pass(100);
    call(submitter, 2_000, EXCLUSIVE);
    village.pass(500);
    WorkFrame.Renew asked =
        (WorkFrame.Renew)
            frames.stream().filter(WorkFrame.Renew.class::isInstance).findFirst().orElseThrow();
    WorkFrame.Tokens its = asked.tokens().get(0);
    int epoch = its.epoch();

    for (int other : List.of(epoch, epoch + 1)) {
      frames.clear();
      List<WorkFrame.Tokens> tokens =
          List.of(new WorkFrame.Tokens(its.batch(), other, its.indexes()));
      submitter.input(new Input.Received(worker.peer, new WorkFrame.Renew(9, tokens)));

      assertThat(frames).hasSize(1);
      WorkFrame.Lease lease = (WorkFrame.Lease) frames.get(0);
      assertThat(lease.tokens().size()).as("epoch %d", other).isEqualTo(other == epoch ? 1 : 0);
    }
  }
}
