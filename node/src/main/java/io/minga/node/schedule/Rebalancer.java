package io.minga.node.schedule;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.FunctionName;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Offers this peer's surplus to those who would be idle before it, and says how much of others'
 * offers is welcome here, so that all peers finish at the same time.
 *
 * <p>For each kind of task there is a level F* at which the last task of each peer that can run it
 * would end, were they balanced. What this peer holds beyond F* is shared among those below it in
 * proportion to what they lack, scaled by this peer's part of the whole surplus, since all givers
 * do the same. Nothing moves for a gain below a twentieth of F*, below two standard errors of this
 * peer's finish time, or below what a move takes; and those who were last heard of before this peer
 * got its work are taken to have got as much.
 */
public final class Rebalancer {
  /** How many entries of the queue are in one offer at most. */
  static final int LOTS_MAX = 64;

  private static final double MOVE_WEIGHT = 1.0 / 8;

  /** What an offer and its answer are taken to need before there was one. */
  private static final long MOVE_UNKNOWN_NANOS = 100_000_000;

  /**
   * Offer and answer, the batch, and as much again for what nobody knows: so many ways is a gain.
   */
  private static final double WAYS = 3;

  private final ScheduleOptions options;
  private final Map<Long, Pending> pending = new LinkedHashMap<>();
  private final Rises rises = new Rises();
  private long exchange;
  private long nextNanos;
  private double moveNanos;

  private record Pending(Offer offer, long sinceNanos) {}

  /** What may move, and to whom. */
  public interface Rules {
    /** Anything, to anybody. */
    Rules ANY =
        new Rules() {
          @Override
          public boolean mayMove(Cid batch) {
            return true;
          }

          @Override
          public boolean canReach(PeerId peer) {
            return true;
          }
        };

    /** Whether other peers may have tasks of this batch. */
    boolean mayMove(Cid batch);

    /** Whether this peer can be offered anything now. */
    boolean canReach(PeerId peer);
  }

  /**
   * A rebalancer whose first look is a period after {@code nowNanos}.
   *
   * @param firstExchange the first offer's name, drawn anew at every start
   */
  public Rebalancer(ScheduleOptions options, long nowNanos, long firstExchange) {
    this.options = options;
    this.exchange = firstExchange;
    this.nextNanos = nowNanos + options.period().toNanos();
  }

  /** When {@link #offers} or {@link #expired} has something to do. */
  public long nextDeadlineNanos() {
    if (pending.isEmpty()) {
      return nextNanos;
    }
    long oldest = pending.values().iterator().next().sinceNanos + options.answerTime().toNanos();
    return oldest - nextNanos < 0 ? oldest : nextNanos;
  }

  /**
   * Once in a period, what this peer offers; it is taken out of the queue.
   *
   * @param runningNanos the expected time that running tasks still need, one after the other
   */
  public List<Offer> offers(
      long nowNanos,
      Loads loads,
      Estimates estimates,
      RunQueue queue,
      long runningNanos,
      Rules rules) {
    if (nextNanos - nowNanos > 0) {
      return List.of();
    }
    nextNanos = nowNanos + options.period().toNanos();
    List<Offer> offers = new ArrayList<>();
    long finishNanos = ownFinishNanos(queue, runningNanos);
    rises.look(nowNanos, finishNanos);
    for (Stock stock : queue.largest(options.kindsPerPeriodMax())) {
      Balance balance =
          balance(nowNanos, loads, estimates, stock.kind, stock.hintNanos, finishNanos);
      offer(nowNanos, loads, queue, stock, balance, rules, offers);
    }
    return offers;
  }

  private void offer(
      long nowNanos,
      Loads loads,
      RunQueue queue,
      Stock stock,
      Balance balance,
      Rules rules,
      List<Offer> offers) {
    if (!balance.gives() || balance.gainNanos() < moveNanos) {
      return;
    }
    for (Balance.Share share : balance.shares(stock.count, exchange, rules::canReach)) {
      if (pending.size() >= options.offersMax()) {
        return;
      }
      Offer offer = offer(nowNanos, loads, queue, stock, share.to(), share.tasks(), rules);
      if (offer == null) {
        return;
      }
      offers.add(offer);
    }
  }

  /**
   * What this peer offers to one that has nothing to do, of the kind of which it holds most among
   * those that may go there: as many tasks as begin there sooner than here, by more than the way
   * takes.
   *
   * @param by who asks for work
   * @param capacityNanos how much it wants at most, as long as it takes there
   * @param wayNanos from one peer to the other and back
   * @return null if nothing is to be gained
   */
  public @Nullable Offer wanted(
      long nowNanos,
      Loads loads,
      Estimates estimates,
      RunQueue queue,
      Rules rules,
      PeerId by,
      List<FunctionName> functions,
      long capacityNanos,
      long wayNanos) {
    if (pending.size() >= options.offersMax() || !rules.canReach(by)) {
      return null;
    }
    for (Stock stock : queue.largest(options.kindsPerPeriodMax())) {
      if (!functions.contains(stock.kind.function())) {
        continue;
      }
      long hint = stock.hintNanos;
      Standing here = loads.standing(nowNanos, estimates, stock.kind, hint, loads.own());
      Standing there = loads.standing(nowNanos, estimates, stock.kind, hint, by);
      if (here == null || there == null) {
        continue;
      }
      double waitNanos = (double) queue.workNanos() / here.slots();
      int tasks = soonerThere(here, there, waitNanos, wayNanos);
      tasks = (int) Math.min(tasks, Math.max(1, capacityNanos / there.meanNanos()));
      Offer offer = tasks < 1 ? null : offer(nowNanos, loads, queue, stock, there, tasks, rules);
      if (offer != null) {
        return offer;
      }
    }
    return null;
  }

  /** How many of the last in line here, which would wait for so long, end sooner there. */
  private static int soonerThere(Standing here, Standing there, double waitNanos, long wayNanos) {
    double perTask = (double) here.meanNanos() / here.slots();
    double endsHere = waitNanos + perTask + here.meanNanos();
    double gain = endsHere - WAYS * wayNanos;
    double atOnce = Math.min(there.slots(), (gain - there.meanNanos()) / perTask);
    double inTurn = gain / (perTask + (double) there.meanNanos() / there.slots());
    return (int) Math.max(0, inTurn >= there.slots() ? inTurn : atOnce);
  }

  /** Holds tasks back for another peer; null if there are none that may go. */
  private @Nullable Offer offer(
      long nowNanos,
      Loads loads,
      RunQueue queue,
      Stock stock,
      Standing to,
      int tasks,
      Rules rules) {
    List<Queued> lots = queue.takeNewest(stock.kind, tasks, LOTS_MAX, rules::mayMove);
    if (lots.isEmpty()) {
      return null;
    }
    Offer offer = new Offer(exchange++, to.peer(), lots, stock.meanNanos());
    pending.put(offer.exchange(), new Pending(offer, nowNanos));
    loads.handedOut(nowNanos, offer.to(), Math.round(offer.tasks() / to.rate()));
    return offer;
  }

  /** From an offer to its answer, in the mean. */
  public long moveNanos() {
    return moveNanos == 0 ? MOVE_UNKNOWN_NANOS : Math.round(moveNanos);
  }

  /** Notes that work has come in here, from whomever. */
  public void came(long nowNanos) {
    rises.came(nowNanos);
  }

  private Balance balance(
      long nowNanos,
      Loads loads,
      Estimates estimates,
      Kind kind,
      long hintNanos,
      long ownFinishNanos) {
    return Balance.of(
        loads.own(),
        loads.standings(
            nowNanos,
            estimates,
            kind,
            hintNanos,
            load -> finishNanos(nowNanos, load, ownFinishNanos)));
  }

  /** When a peer is through, this one as it truly stands. */
  private long finishNanos(long nowNanos, PeerLoad load, long ownFinishNanos) {
    return load.own ? ownFinishNanos : load.steadyFinishNanos(nowNanos) + rises.since(load.atNanos);
  }

  /** From now until this peer is through with what it holds. */
  private static long ownFinishNanos(RunQueue queue, long runningNanos) {
    return (queue.workNanos() + runningNanos) / Math.max(1, queue.slots());
  }

  /**
   * How many of the tasks that another peer offers are welcome here: as many as end here before the
   * giver would be through without them.
   *
   * @param tasks how many are offered, all of one kind
   * @param workNanos their run time at the giver, of which it holds at least as much
   */
  public int welcome(
      long nowNanos,
      Loads loads,
      Estimates estimates,
      RunQueue queue,
      long runningNanos,
      PeerId from,
      Kind kind,
      int tasks,
      long workNanos) {
    long ownFinishNanos = ownFinishNanos(queue, runningNanos);
    ToLongFunction<PeerLoad> finish = load -> finishNanos(nowNanos, load, ownFinishNanos);
    Standing own = loads.standing(nowNanos, estimates, kind, 0, loads.own(), finish);
    Standing giver = loads.standing(nowNanos, estimates, kind, 0, from, finish);
    return own == null || giver == null || from.equals(loads.own())
        ? 0
        : Balance.welcome(own, giver, workNanos, tasks);
  }

  /**
   * Takes the answer to an offer: what the other has claimed. What it hasn't goes back into the
   * queue.
   *
   * @param taken by batch; empty if it declined; what was never offered is ignored
   * @return what is the other's now; empty if the offer is unknown, was made to another, or expired
   */
  public List<Queued> answered(
      long nowNanos, PeerId from, long offer, Map<Cid, IndexSet> taken, RunQueue queue) {
    Pending answered = pending.get(offer);
    if (answered == null || !answered.offer.to().equals(from)) {
      return List.of();
    }
    pending.remove(offer);
    double tookNanos = (double) (nowNanos - answered.sinceNanos);
    moveNanos += moveNanos == 0 ? tookNanos : MOVE_WEIGHT * (tookNanos - moveNanos);
    List<Queued> moved = new ArrayList<>();
    for (Queued lot : answered.offer.lots()) {
      IndexSet gone = lot.indexes().and(taken.getOrDefault(lot.batch(), IndexSet.EMPTY));
      if (!gone.isEmpty()) {
        moved.add(new Queued(lot.batch(), gone, lot.ticket()));
      }
      putBack(lot, lot.indexes().andNot(gone), queue);
    }
    return moved;
  }

  /**
   * Puts back what was offered and not answered in time.
   *
   * @return what was put back; whoever has a newer claim to some of it may take it out again
   */
  public List<Queued> expired(long nowNanos, RunQueue queue) {
    List<Queued> back = new ArrayList<>();
    for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
      Pending each = all.next();
      if (nowNanos - each.sinceNanos < options.answerTime().toNanos()) {
        break;
      }
      all.remove();
      back.addAll(putBack(each.offer, queue));
    }
    return back;
  }

  /** Puts back what was offered to a peer that is gone. */
  public List<Queued> gone(PeerId peer, RunQueue queue) {
    List<Queued> back = new ArrayList<>();
    for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
      Pending each = all.next();
      if (each.offer.to().equals(peer)) {
        all.remove();
        back.addAll(putBack(each.offer, queue));
      }
    }
    return back;
  }

  /** Takes tasks out of what is offered: they were cancelled, or another peer's claim won. */
  public void remove(Cid batch, IndexSet indexes) {
    for (Map.Entry<Long, Pending> each : pending.entrySet()) {
      Offer offer = each.getValue().offer;
      if (offer.lots().stream().noneMatch(lot -> lot.batch().equals(batch))) {
        continue;
      }
      List<Queued> left = new ArrayList<>();
      for (Queued lot : offer.lots()) {
        IndexSet kept = lot.batch().equals(batch) ? lot.indexes().andNot(indexes) : lot.indexes();
        if (!kept.isEmpty()) {
          left.add(new Queued(lot.batch(), kept, lot.ticket()));
        }
      }
      each.setValue(
          new Pending(
              new Offer(offer.exchange(), offer.to(), left, offer.meanNanos()),
              each.getValue().sinceNanos));
    }
  }

  /** How many tasks are held back for an answer. */
  public int offered() {
    int tasks = 0;
    for (Pending each : pending.values()) {
      tasks += each.offer.tasks();
    }
    return tasks;
  }

  private static List<Queued> putBack(Offer offer, RunQueue queue) {
    offer.lots().forEach(lot -> putBack(lot, lot.indexes(), queue));
    return offer.lots();
  }

  private static void putBack(Queued lot, IndexSet indexes, RunQueue queue) {
    if (!indexes.isEmpty()) {
      queue.add(lot.batch(), indexes, lot.ticket());
    }
  }
}
