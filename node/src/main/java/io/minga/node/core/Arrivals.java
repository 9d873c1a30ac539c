package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import io.minga.node.task.WorkFrame.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that others gave to this peer: what of their batches is on its way here, and whether their
 * submitters, some of which it has never met, have been told.
 */
final class Arrivals {
  /** After how long a batch doesn't come any more. */
  private static final long ARRIVE_NANOS = 20_000_000_000L;

  /** How often a submitter is looked for that can't be told. */
  private static final long SEEK_NANOS = 1_000_000_000;

  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Membership membership;
  private final Announcer announcer;
  private final Owner owner;
  private final Map<Cid, Arrival> arriving = new LinkedHashMap<>();

  /** Submitters without a connection, and when each is tried again. */
  private final Map<PeerId, Long> sought = new LinkedHashMap<>();

  Arrivals(Ground ground, Membership membership, Announcer announcer, Owner owner) {
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.membership = membership;
    this.announcer = announcer;
    this.owner = owner;
  }

  /** This peer has claimed tasks: tells their submitter, before anything else of them. */
  Arrival add(
      long nowNanos,
      Cid batch,
      PeerId submitter,
      PeerId giver,
      int epoch,
      IndexSet indexes,
      long meanNanos) {
    Arrival arrival =
        arriving.computeIfAbsent(
            batch, it -> new Arrival(it, submitter, giver, meanNanos, nowNanos + ARRIVE_NANOS));
    arrival.giver = giver;
    arrival.add(epoch, indexes);
    if (membership.reaches(submitter)) {
      tell(arrival);
    } else {
      seek(nowNanos, submitter);
    }
    return arrival;
  }

  private void tell(Arrival arrival) {
    turn.send(
        arrival.submitter, new WorkFrame.Hold(arrival.batch, arrival.giver, arrival.shares()));
  }

  private void seek(long nowNanos, PeerId submitter) {
    if (!sought.containsKey(submitter) && sought.size() < options.limits().peersMax()) {
      sought.put(submitter, nowNanos + SEEK_NANOS);
      turn.emit(new Effect.Connect(submitter));
    }
  }

  /** Submitters that can't be told, and that have been sought for no longer than this moment. */
  List<PeerId> sought() {
    return List.copyOf(sought.keySet());
  }

  /** There is a connection: whoever is there hears which of its tasks are here. */
  void connected(PeerId submitter) {
    sought.remove(submitter);
    for (Arrival arrival : arriving.values()) {
      if (arrival.submitter.equals(submitter)) {
        tell(arrival);
      }
    }
    for (Held held : owner.table().of(submitter)) {
      tell(held);
    }
  }

  private void tell(Held held) {
    PeerId giver = held.giver;
    if (giver == null || held.submitter.equals(self)) {
      return;
    }
    IndexBits here = held.has();
    here.retainAll(held.moved);
    TreeMap<Integer, IndexBits> byEpoch = new TreeMap<>();
    here.forEach(
        index -> byEpoch.computeIfAbsent(held.epoch(index), it -> new IndexBits()).add(index));
    List<WorkFrame.Share> shares = new ArrayList<>(1);
    byEpoch.forEach((epoch, its) -> shares.add(new WorkFrame.Share(epoch, its.toSet())));
    if (!shares.isEmpty()) {
      turn.send(held.submitter, new WorkFrame.Hold(held.batch.cid(), giver, shares));
    }
  }

  /** A batch has come, from wherever. */
  void fetched(long nowNanos, Cid cid, @Nullable Bytes bytes) {
    Arrival arrival = arriving.get(cid);
    if (arrival == null) {
      return;
    }
    try {
      if (bytes == null) {
        throw new WireException("the batch is not here");
      }
      arrived(nowNanos, arrival, Batch.decode(options.tasks(), bytes));
    } catch (WireException wrong) {
      failed(nowNanos, cid);
    }
  }

  /** The batch is here: its tasks stand in line. */
  void arrived(long nowNanos, Arrival arrival, Batch batch) {
    arriving.remove(arrival.batch);
    if (!batch.header().submitter().equals(arrival.submitter)
        || !batch.header().network().equals(options.network())
        || batch.header().policy().exclusive()
        || arrival.indexes().last() >= batch.indexes()) {
      giveBack(nowNanos, arrival, arrival.indexes(), Refusal.OTHER);
      return;
    }
    for (WorkFrame.Share share : arrival.shares()) {
      Worker.Took took =
          owner.takeMoved(nowNanos, batch, share.indexes(), share.epoch(), arrival.giver);
      IndexSet rest = share.indexes().andNot(took.indexes());
      if (!rest.isEmpty()) {
        Refusal refusal = took.refusal();
        giveBack(nowNanos, arrival, rest, refusal == null ? Refusal.OTHER : refusal);
      }
    }
  }

  /** The batch can't be got: others are to run the tasks. */
  void failed(long nowNanos, Cid cid) {
    Arrival arrival = arriving.remove(cid);
    if (arrival != null) {
      giveBack(nowNanos, arrival, arrival.indexes(), Refusal.OTHER);
    }
  }

  private void giveBack(long nowNanos, Arrival arrival, IndexSet indexes, Refusal why) {
    announcer.released(nowNanos, turn.nowMillis(), arrival.batch, indexes);
    BatchName name = new BatchName.ByCid(arrival.batch);
    turn.send(arrival.submitter, new WorkFrame.Taken(name, IndexSet.EMPTY, indexes, why, 0));
  }

  /** A submitter doesn't want these any more. */
  void cancelled(PeerId from, WorkFrame.Part part) {
    Arrival arrival =
        part.batch() instanceof BatchName.ByCid name ? arriving.get(name.cid()) : null;
    if (arrival != null && arrival.submitter.equals(from)) {
      arrival.remove(part.indexes(), part.epoch() == 0 ? Integer.MAX_VALUE : part.epoch());
      if (arrival.isEmpty()) {
        arriving.remove(arrival.batch);
      }
    }
  }

  /** Others have claimed tasks of a batch that is on its way here. */
  void lost(long nowNanos, Cid batch) {
    Arrival arrival = arriving.get(batch);
    if (arrival == null) {
      return;
    }
    IndexSet lost = announcer.claimed(batch, arrival.indexes(), arrival::epoch);
    if (!lost.isEmpty()) {
      arrival.remove(lost);
      giveBack(nowNanos, arrival, lost, Refusal.CLAIMED);
    }
    arrival.remove(announcer.settled(batch, arrival.indexes()));
    if (arrival.isEmpty()) {
      arriving.remove(batch);
    }
  }

  /** A submitter is gone for good; one that is back as somebody else gets back what may be its. */
  void orphaned(long nowNanos, PeerId submitter, boolean isBack) {
    sought.remove(submitter);
    for (Arrival arrival : List.copyOf(arriving.values())) {
      if (arrival.submitter.equals(submitter)) {
        arriving.remove(arrival.batch);
        if (isBack) {
          giveBack(nowNanos, arrival, arrival.indexes(), Refusal.CLAIMED);
        }
      }
    }
  }

  /** Gives back all whose batches aren't here. */
  void leave(long nowNanos) {
    for (Cid batch : List.copyOf(arriving.keySet())) {
      failed(nowNanos, batch);
    }
  }

  void due(long nowNanos) {
    for (Arrival arrival : List.copyOf(arriving.values())) {
      if (arrival.untilNanos - nowNanos > 0) {
        break; // the others came later
      }
      failed(nowNanos, arrival.batch);
    }
    sought.replaceAll(
        (submitter, atNanos) -> {
          if (atNanos - nowNanos > 0) {
            return atNanos;
          }
          turn.emit(new Effect.Connect(submitter));
          return nowNanos + SEEK_NANOS;
        });
  }

  /** Those of a batch that are on their way. */
  IndexSet indexes(Cid batch) {
    Arrival arrival = arriving.get(batch);
    return arrival == null ? IndexSet.EMPTY : arrival.indexes();
  }

  /** How many batches are on their way. */
  int count() {
    return arriving.size();
  }

  /** The expected run time of what is on its way, one task after the other. */
  long workNanos() {
    long work = 0;
    for (Arrival arrival : arriving.values()) {
      work += arrival.workNanos();
    }
    return work;
  }

  long nextDeadlineNanos(long never) {
    long next = never;
    for (Arrival arrival : arriving.values()) {
      next = next - arrival.untilNanos <= 0 ? next : arrival.untilNanos;
      break;
    }
    for (long atNanos : sought.values()) {
      next = next - atNanos <= 0 ? next : atNanos;
    }
    return next;
  }
}
