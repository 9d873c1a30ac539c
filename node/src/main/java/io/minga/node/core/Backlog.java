package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.Offer;
import io.minga.node.schedule.Queued;
import io.minga.node.schedule.Rebalancer;
import io.minga.node.schedule.RunQueue;
import io.minga.node.schedule.Ticket;
import io.minga.node.task.FunctionName;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is here and has not begun: it stands in line, or is held back while another may take it. */
final class Backlog {
  private final NodeOptions options;
  private final RandomGenerator random;
  private final Estimates estimates;
  private final RunQueue queue;

  /** Begins with the first turn, since only then is known what time it is. */
  private @Nullable Rebalancer rebalancer;

  Backlog(
      NodeOptions options,
      RandomGenerator random,
      Estimates estimates,
      RunQueue.RunTimes runTimes,
      int cores,
      int memoryMib) {
    this.options = options;
    this.random = random;
    this.estimates = estimates;
    this.queue = new RunQueue(options.schedule(), runTimes, options.slots(), cores, memoryMib);
  }

  /** Peers look at different times, so that not all of them give to the same one at once. */
  private Rebalancer rebalancer(long nowNanos) {
    Rebalancer begun = rebalancer;
    if (begun == null) {
      long early = random.nextLong(options.schedule().period().toNanos());
      begun = new Rebalancer(options.schedule(), nowNanos - early, random.nextLong() >>> 1);
      rebalancer = begun;
    }
    return begun;
  }

  // In line.

  /** Puts tasks in line; returns those that stand there now and didn't before. */
  IndexSet add(long nowNanos, Cid batch, IndexSet indexes, Ticket ticket) {
    rebalancer(nowNanos).came(nowNanos);
    return queue.add(batch, indexes, ticket);
  }

  /** Puts in line what was here already; returns those that stand there now. */
  IndexSet putBack(Cid batch, IndexSet indexes, Ticket ticket) {
    return queue.add(batch, indexes, ticket);
  }

  /** Takes out what one slot runs next; null if nothing fits. */
  @Nullable Queued pop(long nowNanos, int freeCores, int freeMemoryMib) {
    return queue.pop(nowNanos, freeCores, freeMemoryMib);
  }

  /** Takes tasks out, offered or not. */
  void remove(Cid batch, IndexSet indexes) {
    queue.remove(batch, indexes);
    if (rebalancer != null) {
      rebalancer.remove(batch, indexes);
    }
  }

  /** How many stand in line. */
  int size() {
    return queue.size();
  }

  /** Which tasks of a batch stand in line. */
  IndexSet indexes(Cid batch) {
    return queue.indexes(batch);
  }

  /** How many there are, those that are offered too. */
  int count() {
    return queue.size() + (rebalancer == null ? 0 : rebalancer.offered());
  }

  /** The expected run time of what stands in line, one task after the other. */
  long workNanos() {
    return queue.workNanos();
  }

  // Offered.

  /** Whether it is time to look for what others should have. */
  boolean isDue(long nowNanos) {
    return rebalancer(nowNanos).nextDeadlineNanos() - nowNanos <= 0;
  }

  /** Once in a period, what is offered to whom. */
  List<Offer> offers(long nowNanos, Loads loads, long runningNanos, Rebalancer.Rules rules) {
    return rebalancer(nowNanos).offers(nowNanos, loads, estimates, queue, runningNanos, rules);
  }

  /** What a peer is offered that has nothing to do; null if nothing. */
  @Nullable Offer wanted(
      long nowNanos,
      Loads loads,
      Rebalancer.Rules rules,
      PeerId by,
      List<FunctionName> functions,
      long capacityNanos) {
    Rebalancer its = rebalancer(nowNanos);
    long wayNanos = its.moveNanos();
    return its.wanted(
        nowNanos, loads, estimates, queue, rules, by, functions, capacityNanos, wayNanos);
  }

  /** How many of these, all of one kind, are welcome here. */
  int welcome(
      long nowNanos,
      Loads loads,
      long runningNanos,
      PeerId from,
      Kind kind,
      int tasks,
      long workNanos) {
    return rebalancer(nowNanos)
        .welcome(nowNanos, loads, estimates, queue, runningNanos, from, kind, tasks, workNanos);
  }

  /** An offer is answered: what is the other's now; the rest stands in line again. */
  List<Queued> answered(long nowNanos, PeerId from, long offer, Map<Cid, IndexSet> taken) {
    return rebalancer(nowNanos).answered(nowNanos, from, offer, taken, queue);
  }

  /** Puts back what was offered and not answered in time. */
  void expired(long nowNanos) {
    rebalancer(nowNanos).expired(nowNanos, queue);
  }

  /** Puts back what was offered to a peer that is gone. */
  void gone(PeerId peer) {
    if (rebalancer != null) {
      rebalancer.gone(peer, queue);
    }
  }

  /** Whether any of it waits for an answer. */
  boolean hasOffers() {
    return rebalancer != null && rebalancer.offered() > 0;
  }

  long nextDeadlineNanos(long never) {
    if (rebalancer == null || (queue.size() == 0 && !hasOffers())) {
      return never;
    }
    long next = rebalancer.nextDeadlineNanos();
    return never - next <= 0 ? never : next;
  }
}
