package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The leases under which other peers run this peer's own exclusive tasks. It grants what is asked
 * for with the task's current token, epoch and owner, and says when a lease has surely ended.
 *
 * <p>The owner counts from when it asked, this peer from when it answers, and longer: by what
 * clocks may differ in speed, and by the time that an interrupted handler has to end.
 */
final class Grants {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Of two clocks the one may be so much slower than the other: a sixty-fourth. */
  private static final int DRIFT_SHIFT = 6;

  /** How long a handler may take to end when it is interrupted, before its thread is given up. */
  private static final long END_NANOS = 1_500_000_000;

  private final Turn turn;
  private final long millis;
  private final long surelyNanos;
  private final Set<Handout> leased = new LinkedHashSet<>();

  /** No lease ends before. */
  private long lookNanos;

  Grants(NodeOptions options, Turn turn) {
    this.turn = turn;
    this.millis = options.times().lease().toMillis();
    long lease = millis * NANOS_PER_MILLI;
    this.surelyNanos = lease + (lease >> DRIFT_SHIFT) + END_NANOS;
  }

  /** Finds the batch of a name. */
  @FunctionalInterface
  interface Batches {
    @Nullable OwnBatch batch(BatchName name);
  }

  /** Takes in that an owner has had a lease before this peer was started. */
  @FunctionalInterface
  interface Former {
    void adopt(long nowNanos, OwnBatch batch, @Nullable Lane lane, int epoch, IndexSet indexes);
  }

  /** How long after it was granted a lease has surely ended. */
  long surelyNanos() {
    return surelyNanos;
  }

  /** An owner asks whether it may run tasks, or go on with them. */
  void renew(
      long nowNanos,
      PeerId from,
      @Nullable Lane lane,
      WorkFrame.Renew renew,
      Batches all,
      Former former) {
    List<WorkFrame.Tokens> granted = new ArrayList<>(renew.tokens().size());
    for (WorkFrame.Tokens tokens : renew.tokens()) {
      OwnBatch batch = all.batch(tokens.batch());
      if (batch == null || !batch.policy().exclusive() || lane == null) {
        continue;
      }
      if (!batch.wasHandedTo(from) || tokens.indexes().last() >= batch.batch.size()) {
        String why = "a lease for %s, of which it was never given that";
        turn.emit(new Effect.Misbehaved(from, why.formatted(batch.batch)));
        return;
      }
      if (tokens.leased()) {
        former.adopt(nowNanos, batch, lane, tokens.epoch(), tokens.indexes());
      }
      IndexBits its = new IndexBits();
      tokens
          .indexes()
          .forEach(
              index -> {
                if (grant(nowNanos, batch, lane, index, tokens.epoch())) {
                  its.add(index);
                }
              });
      if (!its.isEmpty()) {
        granted.add(new WorkFrame.Tokens(tokens.batch(), tokens.epoch(), its.toSet()));
      }
    }
    turn.send(from, new WorkFrame.Lease(renew.number(), millis, granted));
  }

  private boolean grant(long nowNanos, OwnBatch batch, Lane lane, int index, int epoch) {
    Handout handout = batch.handout(lane, index);
    if (handout == null) {
      return batch.recording.contains(index); // its outcome is here, and not yet acknowledged
    }
    if (handout.epoch != epoch) {
      return false;
    }
    lease(nowNanos, handout);
    return true;
  }

  /** From now on its owner has a lease. */
  void lease(long nowNanos, Handout handout) {
    if (leased.isEmpty()) {
      lookNanos = nowNanos + surelyNanos;
    }
    handout.leaseNanos = nowNanos + surelyNanos;
    handout.leased = true;
    handout.lost = false;
    leased.add(handout);
  }

  /**
   * A peer is gone: whether what it has stays its own for now, since it may still run and have a
   * lease.
   */
  boolean keeps(long nowNanos, Handout handout) {
    handout.lost = true;
    return handout.leased && handout.leaseNanos - nowNanos > 0;
  }

  /** What nobody may run any more who was given it. */
  List<Handout> due(long nowNanos) {
    if (leased.isEmpty() || lookNanos - nowNanos > 0) {
      return List.of();
    }
    List<Handout> ended = new ArrayList<>();
    lookNanos = nowNanos + surelyNanos;
    for (Iterator<Handout> it = leased.iterator(); it.hasNext(); ) {
      Handout handout = it.next();
      if (handout.tasks.isEmpty()) {
        it.remove();
      } else if (handout.leaseNanos - nowNanos <= 0) {
        it.remove();
        ended.add(handout);
      } else if (handout.leaseNanos - lookNanos < 0) {
        lookNanos = handout.leaseNanos;
      }
    }
    return ended;
  }

  long nextDeadlineNanos(long never) {
    return leased.isEmpty() || never - lookNanos <= 0 ? never : lookNanos;
  }
}
