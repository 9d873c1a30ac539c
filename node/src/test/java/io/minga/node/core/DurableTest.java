package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.Tries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Nothing of durable work is said before the journal has what it depends on. */
final class DurableTest {
  private static final FunctionName WORK = Village.WORK;
  private static final Policy DURABLE =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, false, true, "");
  private static final long LINEAGE = 5;
  private static final long DAY_MILLIS = 86_400_000;

  private long nowNanos = 1_000_000_000L;
  private Node submitter = new Node(1, 0);
  private final Node owner = new Node(2, 1);

  /** A core, and what it wants done. */
  private final class Node {
    final PeerId peer;
    final NodeCore core;
    final List<Effect> said = new ArrayList<>();

    Node(int number, int slots) {
      this.peer = Village.peer(number);
      this.core =
          new NodeCore(
              peer,
              NodeOptions.of("lab", slots),
              new SplittableRandom(number),
              () -> 1_000_000 + nowNanos / 1_000_000);
      if (slots > 0) {
        core.handle(nowNanos, new Input.Offer(List.of(WORK)));
      }
    }

    Submission submit(int calls) {
      Submission submission = submission(calls);
      core.handle(nowNanos, new Input.Submit(submission));
      return submission;
    }

    <T extends Effect> List<T> said(Class<T> type) {
      return said.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  private static Submission submission(int calls) {
    List<Payload> inputs = Collections.nCopies(calls, Payload.of(Bytes.EMPTY));
    return new Submission("somebody", WORK, DURABLE, false, DAY_MILLIS, 1, false, inputs);
  }

  private void connect() {
    submitter.core.handle(nowNanos, new Input.Connected(owner.peer));
    owner.core.handle(nowNanos, new Input.Connected(submitter.peer));
    pass(1);
  }

  private void disconnect() {
    submitter.core.handle(nowNanos, new Input.Disconnected(owner.peer));
    owner.core.handle(nowNanos, new Input.Disconnected(submitter.peer));
  }

  /** Lets both work, and frames go between them, for so long. */
  private void pass(long millis) {
    long end = nowNanos + millis * 1_000_000;
    while (true) {
      boolean sent = turn(submitter, owner);
      if (!turn(owner, submitter) && !sent) {
        if (nowNanos >= end) {
          return;
        }
        nowNanos += Math.min(end - nowNanos, 5_000_000);
      }
    }
  }

  private boolean turn(Node from, Node to) {
    boolean sent = false;
    for (Effect effect : from.core.endTurn(nowNanos)) {
      from.said.add(effect);
      if (effect instanceof Effect.Send send) {
        to.core.handle(nowNanos, new Input.Received(from.peer, Frames.read(send)));
        sent = true;
      }
    }
    return sent;
  }

  private void recorded(long upTo) {
    submitter.core.handle(nowNanos, new Input.Recorded(upTo));
    pass(5);
  }

  /** The owner's slot ends all that it was given. */
  private void work() {
    for (Effect.Run run : owner.said(Effect.Run.class)) {
      List<Input.Ended> ended = new ArrayList<>();
      for (int index : run.indexes().toArray()) {
        ended.add(new Input.Ended(index, value(index), 9));
      }
      owner.core.handle(nowNanos, new Input.Ran(run.run(), ended));
    }
    owner.said.clear();
    pass(5);
  }

  private static Outcome value(int index) {
    return new Outcome.Value(Payload.of(Bytes.of(index)));
  }

  private List<Integer> completed() {
    return submitter.said(Effect.Complete.class).stream()
        .map(
            it -> {
              assertThat(it.outcome()).isEqualTo(value(it.index()));
              return it.call();
            })
        .toList();
  }

  @Test
  void batch_isHandedOut_whenItIsRecorded() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 3));
    connect();
    Submission submission = submitter.submit(4);
    pass(1_000);

    List<Effect.RecordBatch> records = submitter.said(Effect.RecordBatch.class);
    assertThat(records).isNotEmpty();
    assertThat(records.get(0).batch().header().lineage()).isEqualTo(LINEAGE);
    assertThat(records.get(0).batch().header().sequence()).isEqualTo(3);
    assertThat(submitter.said(Effect.Acknowledge.class)).isEmpty();
    assertThat(submitter.said(Effect.Announce.class)).isEmpty();
    assertThat(owner.said(Effect.Run.class)).isEmpty();

    recorded(records.get(records.size() - 1).number());

    assertThat(
            submitter.said(Effect.Acknowledge.class).stream()
                .mapToInt(Effect.Acknowledge::calls)
                .sum())
        .isEqualTo(submission.size());
    assertThat(owner.said(Effect.Run.class)).isNotEmpty();
  }

  @Test
  void outcome_isSaid_whenItIsRecorded() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    connect();
    submitter.submit(1);
    pass(1);
    recorded(1);
    work();
    pass(100);

    assertThat(submitter.said(Effect.RecordOutcomes.class))
        .extracting(Effect.RecordOutcomes::number)
        .containsExactly(2L);
    assertThat(submitter.said(Effect.Complete.class)).isEmpty();
    assertThat(owner.core.isIdle()).as("the owner keeps the outcome").isFalse();
    assertThat(submitter.core.openTasks()).isZero();

    recorded(2);

    assertThat(completed()).containsExactly(0);
    assertThat(owner.core.isIdle()).isTrue();
  }

  @Test
  void outcome_thatIsSentAgainBeforeItIsRecorded_isNotAcknowledged() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    connect();
    submitter.submit(1);
    pass(1);
    recorded(1);
    work();
    disconnect();
    pass(5);
    connect();
    pass(100);

    assertThat(owner.core.isIdle()).isFalse();
    assertThat(submitter.said(Effect.RecordOutcomes.class)).hasSize(1);

    recorded(2);

    assertThat(completed()).containsExactly(0);
    assertThat(owner.core.isIdle()).isTrue();
  }

  @Test
  void batch_thatIsRefused_comesToNothing() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    connect();
    submitter.submit(1);
    pass(1);
    submitter.core.handle(nowNanos, new Input.Refused(1, "there is no room"));
    recorded(1);

    assertThat(submitter.said(Effect.Decline.class))
        .extracting(Effect.Decline::why)
        .containsExactly("there is no room");
    assertThat(submitter.said(Effect.Acknowledge.class)).isEmpty();
    assertThat(submitter.said(Effect.RecordOutcomes.class)).isEmpty();
    assertThat(submitter.said(Effect.Complete.class))
        .singleElement()
        .matches(it -> ((Outcome.Failure) it.outcome()).kind() == Outcome.Kind.LIMIT);
    assertThat(submitter.core.isIdle()).isTrue();
    assertThat(owner.said(Effect.Run.class)).isEmpty();
  }

  @Test
  void withoutAJournal_durableCallsAreRefused() {
    connect();
    submitter.submit(2);
    pass(1);

    assertThat(submitter.said(Effect.RecordBatch.class)).isEmpty();
    assertThat(submitter.said(Effect.Complete.class))
        .hasSize(2)
        .allMatch(it -> ((Outcome.Failure) it.outcome()).message().contains("no journal"));
  }

  @Test
  void submitterThatIsBack_getsTheOutcomesThatItsOwnerKept() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    connect();
    submitter.submit(1);
    pass(1);
    recorded(1);
    Batch batch = submitter.said(Effect.RecordBatch.class).get(0).batch();
    disconnect();
    work();
    pass(60_000);
    assertThat(owner.core.isIdle()).as("it keeps the outcome").isFalse();

    submitter = new Node(1, 0);
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 1));
    submitter.core.handle(
        nowNanos, new Input.Restored(batch, IndexSet.of(0), submission(1), Tries.NONE));
    connect();
    pass(1);

    assertThat(submitter.said(Effect.Misbehaved.class)).isEmpty();
    assertThat(submitter.said(Effect.RecordOutcomes.class)).hasSize(1);
    recorded(submitter.said(Effect.RecordOutcomes.class).get(0).number());
    assertThat(completed()).containsExactly(0);
    assertThat(owner.core.isIdle()).isTrue();
    assertThat(owner.said(Effect.Run.class)).as("it does not run again").isEmpty();
  }

  @Test
  void restoredBatch_goesOn_withWhatHasNoOutcome() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    submitter.submit(1);
    pass(1);
    Batch batch = submitter.said(Effect.RecordBatch.class).get(0).batch();

    submitter = new Node(1, 0);
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 1));
    submitter.core.handle(
        nowNanos, new Input.Restored(batch, IndexSet.of(0), submission(1), Tries.NONE));
    assertThat(submitter.core.openTasks()).isEqualTo(1);
    pass(5_000);
    assertThat(submitter.said(Effect.Complete.class))
        .as("it waits until somebody runs it")
        .isEmpty();
    connect();
    work();
    recorded(1);

    assertThat(completed()).containsExactly(0);
    assertThat(submitter.core.isIdle()).isTrue();
  }

  @Test
  void whatIsKeptForASubmitter_goes_whenItsTimeIsOver() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    connect();
    submitter.submit(1);
    pass(1);
    recorded(1);
    disconnect();
    work();
    pass(30_000);
    assertThat(owner.core.isIdle()).isFalse();

    nowNanos += DAY_MILLIS * 1_000_000;
    pass(30_000);

    assertThat(owner.core.isIdle()).isTrue();
  }

  @Test
  void leavingPeer_doesNotWaitForDurableCalls_norEndThem() {
    submitter.core.handle(nowNanos, new Input.Journaled(LINEAGE, 0));
    submitter.submit(1);
    pass(1);
    recorded(1);

    submitter.core.handle(nowNanos, new Input.Leave());
    pass(100);

    assertThat(submitter.said(Effect.Left.class)).hasSize(1);
    assertThat(submitter.said(Effect.Complete.class)).isEmpty();
    assertThat(submitter.said(Effect.RecordOutcomes.class)).isEmpty();
  }
}
