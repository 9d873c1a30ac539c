package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Kind;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.WorkFrame;
import org.jspecify.annotations.Nullable;

/** A batch of which this peer has tasks to run, or outcomes that its submitter hasn't yet. */
final class Held {
  final Batch batch;
  final PeerId submitter;

  /** By function, in the order of the batch's functions. */
  final Kind[] kinds;

  /** What happened to it here; null if it is this peer's own, or there is no room to write that. */
  @Nullable Story story;

  /** Those that haven't begun. */
  final IndexBits queued = new IndexBits();

  /** Those that have begun and not ended. */
  final IndexBits running = new IndexBits();

  /** Those that don't run themselves, but wait for the outcome of an equal task that is here. */
  final IndexBits joined = new IndexBits();

  /**
   * Those that another peer has taken over from this one. Their submitter, which may not know that
   * yet, still finds them here: if it never says that it knows, it gets to hear of it.
   */
  final IndexBits given = new IndexBits();

  /** Those that another peer gave to this one. */
  final IndexBits moved = new IndexBits();

  /** Who gave the last of them. */
  @Nullable PeerId giver;

  /** Those that have ended, until their submitter has acknowledged the outcomes. */
  final IndexBits owed = new IndexBits();

  /** Those whose outcomes are to be sent, again or for the first time. */
  final IndexBits unsent = new IndexBits();

  /** Those whose inputs by CID are used here, or awaited. */
  final IndexBits inputs = new IndexBits();

  /** Those of {@link #inputs} that are not here; such a task is queued, but stands in no line. */
  final IndexBits absent = new IndexBits();

  /** Whether outcomes were owed whose values are in the block store. */
  boolean hasResults;

  /** What frames on this connection call the batch; 0 if it came over another one. */
  long ref;

  /** Whether the network knows of the batch, so that claims to it are said to all. */
  boolean announced;

  /** Until when its tasks may run here; null unless it is another's exclusive one. */
  @Nullable Tenure tenure;

  /** Of each task: the epoch in which this peer holds it. */
  private final int[] epochs;

  private Input.@Nullable Ended[] ended = {};

  /** Of each memoizable task that is not over: what it shares with its equals. */
  private Joins.@Nullable Flight[] flights = {};

  /** Since when tasks of it have been here. */
  long sinceNanos;

  Held(Batch batch, PeerId submitter, Kind[] kinds) {
    this.batch = batch;
    this.submitter = submitter;
    this.kinds = kinds;
    this.epochs = new int[batch.size()];
  }

  BatchName name() {
    return ref > 0 ? new BatchName.Ref(ref) : new BatchName.ByCid(batch.cid());
  }

  int epoch(int index) {
    return epochs[index];
  }

  void epoch(int index, int epoch) {
    epochs[index] = Math.max(epochs[index], epoch);
  }

  Policy policy() {
    return batch.header().policy();
  }

  /** Whether its tasks may share outcomes with others. */
  boolean hasFlights() {
    return flights.length > 0;
  }

  Joins.@Nullable Flight flight(int index) {
    return flights.length == 0 ? null : flights[index];
  }

  void flight(int index, Joins.@Nullable Flight flight) {
    if (flights.length == 0) {
      flights = new Joins.Flight[epochs.length];
    }
    flights[index] = flight;
  }

  /** Those that are here in whatever state. */
  IndexBits has() {
    IndexBits has = queued.copy();
    has.addAll(running);
    has.addAll(joined);
    has.addAll(owed);
    return has;
  }

  /** Those of some tasks that aren't held here in a later epoch than is meant. */
  IndexSet meant(WorkFrame.Part part) {
    if (part.epoch() == 0) {
      return part.indexes();
    }
    IndexBits meant = new IndexBits();
    for (int index : part.indexes().toArray()) {
      if (index >= epochs.length || epochs[index] <= part.epoch()) {
        meant.add(index);
      }
    }
    return meant.toSet();
  }

  /** Those of these that are here in an earlier epoch. */
  IndexBits before(IndexSet indexes, int epoch) {
    IndexBits before = has();
    before.retainAll(IndexBits.of(indexes));
    before
        .copy()
        .forEach(
            index -> {
              if (epochs[index] >= epoch) {
                before.remove(index);
              }
            });
    return before;
  }

  /**
   * Those of these that need not come again: they are here, and are held in this epoch from now on,
   * or whoever took them over did so after it.
   */
  IndexSet keep(IndexSet indexes, int epoch) {
    IndexBits has = has();
    IndexBits kept = new IndexBits();
    indexes.forEach(
        index -> {
          if (has.contains(index)) {
            epoch(index, epoch);
            kept.add(index);
          } else if (given.contains(index) && epoch <= epochs[index]) {
            kept.add(index);
          } else {
            given.remove(index);
          }
        });
    return kept.toSet();
  }

  Kind kind(int index) {
    return kinds.length == 1 ? kinds[0] : kinds[batch.functions().indexOf(batch.function(index))];
  }

  /** Keeps an outcome until it is acknowledged. */
  void owe(Input.Ended outcome) {
    if (ended.length == 0) {
      ended = new Input.Ended[epochs.length];
    }
    ended[outcome.index()] = outcome;
    hasResults |=
        outcome.outcome() instanceof Outcome.Value value
            && value.payload() instanceof Payload.Content;
    owed.add(outcome.index());
    unsent.add(outcome.index());
  }

  /** The outcome that is owed. */
  Input.Ended ended(int index) {
    Input.Ended outcome = ended[index];
    if (outcome == null) {
      throw new IllegalStateException("nothing is owed for task " + index);
    }
    return outcome;
  }

  /** Those of these, which are owed, that have a value. */
  IndexSet values(IndexSet of) {
    IndexBits values = new IndexBits();
    of.forEach(
        index -> {
          if (ended(index).outcome() instanceof Outcome.Value) {
            values.add(index);
          }
        });
    return values.toSet();
  }

  /**
   * Those of these that failed in an earlier attempt, of which the submitter knows since it has
   * another made. Where the worker died it counts those, so it is to hear of them first.
   */
  IndexSet failedBefore(IndexSet of, int epoch) {
    IndexBits failed = IndexBits.of(of);
    failed.retainAll(owed);
    failed
        .copy()
        .forEach(
            index -> {
              boolean before = epochs[index] < epoch;
              if (!before
                  || !(ended(index).outcome() instanceof Outcome.Failure failure)
                  || (failure.kind() == Outcome.Kind.WORKER_DIED && unsent.contains(index))) {
                failed.remove(index);
              }
            });
    return failed.toSet();
  }

  /** Drops an outcome; false if there is none. */
  boolean acked(int index) {
    if (!owed.remove(index)) {
      return false;
    }
    unsent.remove(index);
    ended[index] = null;
    return true;
  }

  /** Whether this peer has nothing to do with it any more. */
  boolean isOver() {
    return queued.isEmpty()
        && running.isEmpty()
        && joined.isEmpty()
        && owed.isEmpty()
        && given.isEmpty();
  }
}
