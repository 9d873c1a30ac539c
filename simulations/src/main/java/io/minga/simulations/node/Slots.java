package io.minga.simulations.node;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.simulations.plan.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A peer's slots: they take virtual time, and give each task's number back. */
final class Slots {
  private static final long NANOS_PER_MICRO = 1_000;

  /** What a handler that heeds an interrupt takes to end. */
  private static final long INTERRUPT_NANOS = 200_000;

  private static final double FLAKY_SHARE = 0.3;

  private final NodePeer peer;
  private final Machine machine;
  private final Ledger ledger;
  private final SplittableRandom random;
  private final Map<Long, Running> runs = new LinkedHashMap<>();
  private int busy;

  Slots(NodePeer peer, Machine machine, Ledger ledger, SplittableRandom random) {
    this.peer = peer;
    this.machine = machine;
    this.ledger = ledger;
    this.random = random;
  }

  /** What a slot is busy with. */
  private static final class Running {
    final Batch batch;
    final int[] indexes;
    final long[] micros;
    final boolean[] skipped;
    long endNanos;

    /** For how long the peer had stood still when it began. */
    final long pausedNanos;

    Running(Effect.Run run, long pausedNanos) {
      this.batch = run.batch();
      this.indexes = run.indexes().toArray();
      this.micros = new long[indexes.length];
      this.skipped = new boolean[indexes.length];
      this.pausedNanos = pausedNanos;
    }

    int task(int position) {
      return Ledger.number(batch.input(indexes[position]));
    }
  }

  void start(long nowNanos, Effect.Run effect) {
    if (++busy > machine.slots()) {
      throw new BrokenPromiseException(-1, peer + " was given more runs than it has slots");
    }
    Running run = new Running(effect, peer.pausedNanos());
    double at = (double) nowNanos;
    for (int i = 0; i < run.indexes.length; i++) {
      int task = run.task(i);
      peer.tell(task, "runs here");
      double end = machine.endNanos(at, ledger.lengthNanos(task));
      run.micros[i] = Math.round((end - at) / NANOS_PER_MICRO);
      at = end;
    }
    if (runs.put(effect.run(), run) != null) {
      throw new BrokenPromiseException(-1, peer + " began run " + effect.run() + " twice");
    }
    endAt(effect.run(), run, Math.round(at));
  }

  private void endAt(long number, Running run, long nanos) {
    run.endNanos = nanos;
    peer.at(nanos, () -> end(number, run, nanos));
  }

  private void end(long number, Running run, long nanos) {
    long dueNanos = run.endNanos + peer.pausedNanos() - run.pausedNanos;
    if (run.endNanos != nanos || !runs.containsKey(number)) {
      return; // it was interrupted meanwhile
    }
    if (dueNanos > peer.nowNanos()) {
      peer.at(dueNanos, () -> end(number, run, nanos));
      return;
    }
    runs.remove(number);
    busy--;
    List<Input.Ended> ended = new ArrayList<>(run.indexes.length);
    for (int i = 0; i < run.indexes.length; i++) {
      Outcome outcome = run.skipped[i] ? cancelled() : outcome(run.task(i));
      ended.add(new Input.Ended(run.indexes[i], outcome, run.skipped[i] ? 0 : run.micros[i]));
    }
    peer.input(new Input.Ran(number, ended));
  }

  private static Outcome cancelled() {
    return new Outcome.Failure(Outcome.Kind.CANCELLED, "", "it was interrupted", "");
  }

  private Outcome outcome(int task) {
    String function = ledger.burst(task).function();
    if (function.equals(Ledger.FLAKY) && random.nextDouble() < FLAKY_SHARE) {
      ledger.threw(task);
      return new Outcome.Failure(Outcome.Kind.HANDLER, "Flaky", "again, please", "");
    }
    if (function.equals(Ledger.KILLER)) {
      ledger.kills(task, peer.number);
      return new Outcome.Failure(Outcome.Kind.WORKER_DIED, "", "its worker died", "");
    }
    ledger.ran(task);
    peer.tell(task, "has run here");
    return new Outcome.Value(Ledger.payload(task));
  }

  void interrupt(long nowNanos, long number, IndexSet indexes) {
    Running run = runs.get(number);
    if (run == null) {
      return;
    }
    boolean isAll = true;
    for (int i = 0; i < run.indexes.length; i++) {
      run.skipped[i] |= indexes.contains(run.indexes[i]);
      isAll &= run.skipped[i];
    }
    long end = nowNanos + INTERRUPT_NANOS - (peer.pausedNanos() - run.pausedNanos);
    if (isAll && end < run.endNanos) {
      run.endNanos = end;
      peer.at(nowNanos + INTERRUPT_NANOS, () -> end(number, run, end));
    }
  }

  int busy() {
    return busy;
  }
}
