package io.minga.simulations.node;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at exclusive tasks: that whoever runs one has a lease, and is the only one; that a peer
 * past the end of its lease has stopped and says nothing of the task; that epochs of runs rise; and
 * that only the outcome of who was given the task last counts.
 *
 * <p>It reads the leases off the frames: one ends so long after its owner has asked for it, whether
 * or not the answer ever arrives.
 */
final class Tokens {
  /** How much later than it should a peer may wake up. */
  private static final long WAKE_NANOS = 1_000_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final World world;
  private final Map<Ref, Batch> byRef = new LinkedHashMap<>();
  private final Map<Cid, Batch> byCid = new LinkedHashMap<>();

  /** When leases were asked for. */
  private final Map<Ref, Long> asked = new LinkedHashMap<>();

  /** Until when a peer may run a task. */
  private final Map<Place, Long> leases = new LinkedHashMap<>();

  /** Who was given a task last. */
  private final Map<Integer, Integer> given = new LinkedHashMap<>();

  /** In which epoch a task was run last. */
  private final Map<Integer, Integer> epochs = new LinkedHashMap<>();

  /** What runs and was not interrupted. */
  private final List<Running> running = new ArrayList<>();

  /** What one peer calls something between itself and another. */
  private record Ref(int submitter, int owner, long number) {}

  private record Place(int peer, int task) {}

  private record Running(NodePeer peer, long run, int task, boolean isOwn) {}

  Tokens(World world) {
    this.world = world;
  }

  private static boolean isExclusive(Batch batch) {
    return batch.header().policy().exclusive();
  }

  private static int task(Batch batch, int index) {
    return Ledger.number(batch.input(index));
  }

  private @Nullable Batch batch(int submitter, int owner, BatchName name) {
    return name instanceof BatchName.Ref ref
        ? byRef.get(new Ref(submitter, owner, ref.number()))
        : byCid.get(((BatchName.ByCid) name).cid());
  }

  // What peers say.

  void sends(NodePeer from, int to, WorkFrame frame) {
    if (frame instanceof WorkFrame.Push push) {
      pushes(from, to, push);
    } else if (frame instanceof WorkFrame.Renew renew) {
      asked.put(new Ref(to, from.number, renew.number()), from.nowNanos());
    } else if (frame instanceof WorkFrame.Lease lease) {
      leases(from, to, lease);
    } else if (frame instanceof WorkFrame.Results results) {
      for (ResultGroup group : results.groups()) {
        Batch batch = batch(to, from.number, group.batch());
        if (batch != null && isExclusive(batch)) {
          group.indexes().forEach(index -> says(from, task(batch, index)));
        }
      }
    }
  }

  private void pushes(NodePeer from, int to, WorkFrame.Push push) {
    Ref ref = new Ref(from.number, to, push.ref());
    Batch batch = push.batch() == null ? byRef.get(ref) : push.batch();
    if (batch != null && isExclusive(batch)) {
      byRef.put(ref, batch);
      byCid.put(batch.cid(), batch);
      push.indexes().forEach(index -> given.put(task(batch, index), to));
    }
  }

  private void leases(NodePeer from, int to, WorkFrame.Lease lease) {
    Long sentNanos = asked.get(new Ref(from.number, to, lease.number()));
    for (WorkFrame.Tokens tokens : lease.tokens()) {
      Batch batch = batch(from.number, to, tokens.batch());
      if (batch != null && sentNanos != null) {
        long untilNanos = sentNanos + lease.millis() * NANOS_PER_MILLI;
        tokens
            .indexes()
            .forEach(
                index -> leases.merge(new Place(to, task(batch, index)), untilNanos, Math::max));
      }
    }
  }

  private void says(NodePeer from, int task) {
    Long untilNanos = leases.get(new Place(from.number, task));
    if (untilNanos == null || from.nowNanos() >= untilNanos) {
      throw new BrokenPromiseException(task, from + " sends its outcome, and has no lease");
    }
  }

  // What peers do.

  void runs(NodePeer peer, Effect.Run run) {
    Batch batch = run.batch();
    if (!isExclusive(batch)) {
      return;
    }
    boolean isOwn = batch.header().submitter().equals(peer.id);
    run.indexes()
        .forEach(
            index -> {
              Running begun = new Running(peer, run.run(), task(batch, index), isOwn);
              begins(begun, run.epoch());
              running.add(begun);
            });
  }

  private void begins(Running begun, int epoch) {
    int task = begun.task;
    if (begun.isOwn) {
      given.put(task, begun.peer.number);
    }
    requireLease(begun, 0);
    for (Running other : running) {
      if (other.task == task && isUp(other) && !other.peer.isPaused()) {
        throw new BrokenPromiseException(
            task, "%s runs it, while %s does".formatted(begun.peer, other.peer));
      }
    }
    Integer before = epochs.put(task, epoch);
    if (before != null && epoch <= before) {
      throw new BrokenPromiseException(
          task,
          "%s runs it in epoch %d, after it ran in epoch %d".formatted(begun.peer, epoch, before));
    }
  }

  private void requireLease(Running its, long graceNanos) {
    Long untilNanos = leases.get(new Place(its.peer.number, its.task));
    if (!its.isOwn && (untilNanos == null || its.peer.nowNanos() >= untilNanos + graceNanos)) {
      throw new BrokenPromiseException(its.task, its.peer + " runs it without a lease");
    }
  }

  private boolean isUp(Running it) {
    return world.isRunning(it.peer.number) && world.peer(it.peer.number) == it.peer;
  }

  void interrupts(NodePeer peer, Effect.Interrupt interrupt) {
    running.removeIf(it -> it.peer == peer && it.run == interrupt.run());
  }

  /** A peer has taken these in: what it runs still has a lease. */
  void took(NodePeer peer, List<? extends Input> inputs) {
    for (Input input : inputs) {
      if (input instanceof Input.Ran ran) {
        running.removeIf(it -> it.peer == peer && it.run == ran.run());
      }
    }
    for (Running its : running) {
      if (its.peer == peer && isUp(its)) {
        requireLease(its, WAKE_NANOS);
      }
    }
  }

  /** A call has its outcome: of who was given its task last. */
  void completes(NodePeer peer, Effect.Complete complete) {
    Batch batch = complete.batch();
    if (batch == null
        || !isExclusive(batch)
        || complete.peer() == null
        || !(complete.outcome() instanceof Outcome.Value)) {
      return;
    }
    int task = task(batch, complete.index());
    int by = world.number(complete.peer());
    Integer last = given.get(task);
    if (last == null || last != by) {
      throw new BrokenPromiseException(
          task, "%s has its value from peer %d, and peer %d has it".formatted(peer, by, last));
    }
  }
}
