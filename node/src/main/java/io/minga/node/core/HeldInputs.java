package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The inputs by CID of tasks that are held here for others. A task stands in line only once its
 * input is here, so that no slot waits for the network; its input stays until the task is over.
 */
final class HeldInputs {
  private final PeerId self;
  private final Fetching fetching;
  private final Turn turn;

  /** Those of whose tasks some may be over. */
  private final Set<Held> touched = new LinkedHashSet<>();

  /** How many tasks wait. */
  private int waiting;

  private Line line = (nowNanos, held, index) -> {};
  private Worker.Ends ends = (held, ended) -> {};

  /** Where tasks go whose input is here. */
  @FunctionalInterface
  interface Line {
    void add(long nowNanos, Held held, int index);
  }

  HeldInputs(PeerId self, Fetching fetching, Turn turn) {
    this.self = self;
    this.fetching = fetching;
    this.turn = turn;
  }

  /** Where tasks go: in line, or to their end. */
  void lead(Line line, Worker.Ends ends) {
    this.line = line;
    this.ends = ends;
  }

  /** Which of these tasks, that are taken now, wait for their inputs. */
  IndexSet await(long nowNanos, Held held, IndexSet tasks) {
    if (held.submitter.equals(self)) {
      return IndexSet.EMPTY; // they are here as long as anybody wants the outcome
    }
    IndexSet byCid = held.batch.inputsByCid().and(tasks);
    if (byCid.isEmpty()) {
      return IndexSet.EMPTY;
    }
    settle(nowNanos, held);
    IndexBits absent = new IndexBits();
    byCid.forEach(
        index -> {
          Payload.Content input = input(held, index);
          held.inputs.add(index);
          if (!fetching.use(input.cid())) {
            int priority = held.batch.header().policy().priority();
            fetching.want(
                input.cid(),
                input.sizeBytes(),
                held.submitter,
                priority,
                new Absent(this, held, index));
            absent.add(index);
          }
        });
    held.absent.addAll(absent);
    waiting += absent.size();
    return absent.toSet();
  }

  private static Payload.Content input(Held held, int index) {
    return (Payload.Content) held.batch.input(index);
  }

  /** A task whose input is not here. */
  private record Absent(HeldInputs of, Held held, int index) implements Fetching.Waiter {
    @Override
    public void here(long nowNanos) {
      of.came(nowNanos, held, index);
    }

    @Override
    public void missing(long nowNanos, String why) {
      of.missing(held, index, why);
    }
  }

  private void came(long nowNanos, Held held, int index) {
    arrived(held, index);
    if (held.queued.contains(index)) {
      line.add(nowNanos, held, index);
    } else {
      touched(held);
    }
  }

  private void missing(Held held, int index, String why) {
    arrived(held, index);
    held.inputs.remove(index);
    if (held.queued.contains(index)) {
      Payload.Content input = input(held, index);
      String message =
          "its input, block %s of %d B, is not to be had: %s"
              .formatted(input.cid(), input.sizeBytes(), why);
      fail(held, index, Outcome.Kind.MISSING_CONTENT, message);
    }
  }

  private void arrived(Held held, int index) {
    if (held.absent.remove(index)) {
      waiting--;
    }
  }

  /** A task that hasn't begun comes to nothing here. */
  void fail(Held held, int index, Outcome.Kind kind, String message) {
    ends.ended(held, new Input.Ended(index, Intake.failure(kind, message), 0));
  }

  /** Some of its tasks are over here, perhaps. */
  void touched(Held held) {
    if (!held.inputs.isEmpty()) {
      touched.add(held);
    }
  }

  /** Lets go of inputs whose tasks are over here. */
  void flush(long nowNanos) {
    if (!touched.isEmpty()) {
      touched.forEach(held -> settle(nowNanos, held));
      touched.clear();
    }
  }

  private void settle(long nowNanos, Held held) {
    IndexBits over = held.inputs.copy();
    over.removeAll(held.queued);
    over.removeAll(held.running);
    over.forEach(
        index -> {
          Cid cid = input(held, index).cid();
          if (held.absent.contains(index)) {
            fetching.forget(cid, new Absent(this, held, index));
            arrived(held, index);
          } else {
            fetching.over(nowNanos, cid, turn.out());
          }
          held.inputs.remove(index);
        });
  }

  /** Lets go of what a slot gave, if it is kept by its CID. */
  void release(Outcome outcome) {
    if (outcome instanceof Outcome.Value value
        && value.payload() instanceof Payload.Content content) {
      turn.emit(new Effect.Release(content.cid()));
    }
  }

  /** How many tasks wait for their inputs. */
  int waitingTasks() {
    return waiting;
  }
}
