package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Tries;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has this peer's own durable batches kept by others: by those first in rendezvous hash for their
 * job among the connected peers that keep journals. Whoever declines, is silent or stays away is
 * replaced by the next.
 */
final class Copies {
  private final CopyOptions options;
  private final Turn turn;
  private final Membership membership;
  private final Map<Cid, OwnCopies> own = new LinkedHashMap<>();
  private final Map<PeerId, Lane> lanes = new LinkedHashMap<>();

  /** Those with too few copies that are not asked for. */
  private final Set<OwnCopies> lacking = new LinkedHashSet<>();

  /** The connected peers that keep journals and stay. */
  private final Set<PeerId> keepers = new LinkedHashSet<>();

  private long nowNanos;
  private long lookNanos;
  private boolean looks;

  /** Until when those who have copies from before this peer's start may come. */
  private long settledNanos;

  private boolean settling;

  /** What one peer keeps, or is to keep. */
  private static final class Lane {
    /** What it was asked and hasn't answered, and until when it may. */
    final Map<OwnCopies, Long> unanswered = new LinkedHashMap<>();

    /** What it is to be asked when it has answered some. */
    final Set<OwnCopies> waiting = new LinkedHashSet<>();

    final Set<OwnCopies> held = new LinkedHashSet<>();
    boolean gone;
    long goneNanos;
  }

  Copies(CopyOptions options, Turn turn, Membership membership) {
    this.options = options;
    this.turn = turn;
    this.membership = membership;
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  private Lane lane(PeerId peer) {
    return lanes.computeIfAbsent(peer, it -> new Lane());
  }

  private void send(PeerId to, CopyFrame frame) {
    turn.emit(new Effect.SendCopy(to, frame.encode()));
  }

  /**
   * A batch is in the journal here.
   *
   * @param acknowledge is told how many copies there are, when there are enough or can't be more
   */
  void begin(OwnBatch batch, IntConsumer acknowledge) {
    JobPlace place = batch.submission(0).place();
    if (place == null || own.size() >= options.ownMax()) {
      acknowledge.accept(0);
      return;
    }
    add(new OwnCopies(batch.batch, place.plus(batch.call(0)), batch.open, false, acknowledge));
  }

  /** A batch was in the journal when this peer was started. */
  void restored(OwnBatch batch) {
    JobPlace place = batch.submission(0).place();
    if (place != null && own.size() < options.ownMax()) {
      if (!settling) {
        settling = true;
        settledNanos = nowNanos + options.settle().toNanos();
      }
      add(new OwnCopies(batch.batch, place, batch.open, true, null));
    }
  }

  private void add(OwnCopies batch) {
    own.put(batch.cid, batch);
    if (!looks) {
      looks = true;
      lookNanos = nowNanos + options.again().toNanos();
    }
    look(batch);
  }

  /** Asks for what is missing, and acknowledges if nothing more will come. */
  private void look(OwnCopies batch) {
    int missing = options.copies() - batch.held.size() - batch.asked.size();
    boolean waits = batch.restored && settling;
    if (missing > 0 && !waits) {
      missing -= ask(batch, missing);
    }
    if (batch.held.size() >= options.copies() || batch.asked.isEmpty()) {
      batch.acknowledge();
    }
    if (missing > 0) {
      lacking.add(batch);
    } else {
      lacking.remove(batch);
    }
  }

  /** Asks so many to keep the batch, or as many as there are; returns how many. */
  private int ask(OwnCopies batch, int missing) {
    boolean later = batch.isKnown();
    List<PeerId> asked = new ArrayList<>(missing);
    for (PeerId next = next(batch); next != null && asked.size() < missing; next = next(batch)) {
      batch.ask(next);
      asked.add(next);
    }
    if (later && !asked.isEmpty()) {
      batch.changed = true;
      tellHolders(batch); // who has it should know of whoever may have it soon
    }
    for (PeerId next : asked) { // each hears of all
      Lane lane = lane(next);
      lane.waiting.add(batch);
      fill(next, lane);
    }
    return asked.size();
  }

  /** The first in rendezvous hash of those that can be asked; null if there is none. */
  private @Nullable PeerId next(OwnCopies batch) {
    long key = OwnCopies.key(batch.lineage, batch.place.job());
    PeerId first = null;
    long best = 0;
    for (PeerId peer : keepers) {
      if (batch.held.contains(peer)
          || batch.asked.contains(peer)
          || batch.declined.contains(peer)) {
        continue;
      }
      long rank = Rendezvous.rank(key, Rendezvous.hash(peer));
      if (first == null || Long.compareUnsigned(rank, best) > 0) {
        first = peer;
        best = rank;
      }
    }
    return first;
  }

  private void fill(PeerId peer, Lane lane) {
    Iterator<OwnCopies> waiting = lane.waiting.iterator();
    while (lane.unanswered.size() < options.askedMax() && waiting.hasNext()) {
      OwnCopies batch = waiting.next();
      waiting.remove();
      CopyFrame.Keep keep = batch.keep();
      lane.unanswered.put(batch, nowNanos + options.answer().toNanos());
      if (keep != null) {
        send(peer, keep);
      } else {
        turn.emit(batch.keep(peer));
      }
    }
  }

  /** The connected peers that keep journals and stay. */
  Set<PeerId> keepers() {
    return keepers;
  }

  // Holders.

  /** A peer has the batch in its journal. */
  void kept(PeerId from, Cid cid) {
    OwnCopies batch = own.get(cid);
    if (batch == null || !batch.trusts(from)) {
      return;
    }
    Lane lane = answered(from, batch);
    holds(from, lane, batch);
    if (!batch.ended.isEmpty()) {
      tell(from, batch, batch.ended.toSet());
    }
    if (batch.changed) {
      batch.changed = !batch.asked.isEmpty();
      tellHolders(batch);
    }
    look(batch);
    fill(from, lane);
  }

  private void tellHolders(OwnCopies batch) {
    CopyFrame.Holders holders = new CopyFrame.Holders(batch.cid, batch.holders());
    batch.held.forEach(holder -> send(holder, holders));
  }

  /** A peer has the batch; whether that is news. */
  private boolean holds(PeerId peer, Lane lane, OwnCopies batch) {
    lane.held.add(batch);
    return batch.isHeldBy(peer);
  }

  private Lane answered(PeerId from, OwnCopies batch) {
    Lane lane = lane(from);
    lane.unanswered.remove(batch);
    lane.waiting.remove(batch);
    batch.asked.remove(from);
    return lane;
  }

  /** A peer doesn't keep the batch. */
  void declined(PeerId from, Cid cid) {
    OwnCopies batch = own.get(cid);
    if (batch != null && batch.asked.contains(from)) {
      declined(from, batch);
      fill(from, lane(from));
    }
  }

  private void declined(PeerId from, OwnCopies batch) {
    answered(from, batch);
    batch.declined.add(from);
    look(batch);
  }

  /** A peer is connected, or has said something of itself. */
  void heard(PeerId peer) {
    if (!membership.keeps(peer)) {
      keepers.remove(peer);
    } else if (keepers.add(peer)) {
      Lane lane = lanes.get(peer);
      if (lane != null) {
        lane.gone = false;
      }
      for (OwnCopies batch : List.copyOf(lacking)) {
        batch.declined.remove(peer); // it may have room by now
        look(batch);
      }
    }
  }

  /** What a peer was asked is not answered any more. */
  void disconnected(PeerId peer) {
    keepers.remove(peer);
    Lane lane = lanes.get(peer);
    if (lane == null) {
      return;
    }
    List<OwnCopies> asked =
        Stream.concat(lane.unanswered.keySet().stream(), lane.waiting.stream()).toList();
    lane.unanswered.clear();
    lane.waiting.clear();
    lane.gone = true;
    lane.goneNanos = nowNanos;
    for (OwnCopies batch : asked) {
      batch.asked.remove(peer);
      look(batch);
    }
    if (lane.held.isEmpty()) {
      lanes.remove(peer);
    }
  }

  /** A peer that keeps a batch says who else does: it has been passed on in this one's absence. */
  void holders(PeerId from, CopyFrame.Holders said) {
    OwnCopies batch = own.get(said.batch());
    if (batch == null || !batch.trusts(from)) {
      return;
    }
    for (PeerId peer : said.holders()) {
      if (batch.isNamed(peer) && membership.isConnected(peer)) {
        send(peer, new CopyFrame.Have(true, List.of(batch.part()))); // what it said was ignored
      }
    }
  }

  /** Whether a batch is this peer's own. */
  boolean has(Cid batch) {
    return own.containsKey(batch);
  }

  /** Whether what a peer says of how a batch's tasks ended counts. */
  boolean trusts(PeerId peer, Cid batch) {
    OwnCopies copies = own.get(batch);
    return copies != null && copies.trusts(peer);
  }

  /**
   * A peer says what it has of a batch.
   *
   * @return what is known of it here, if that concerns it
   */
  CopyFrame.@Nullable Part have(PeerId from, CopyFrame.Part part) {
    OwnCopies batch = own.get(part.batch());
    if (batch == null) {
      IndexSet unconfirmed = IndexSet.range(0, part.size()).andNot(part.confirmed());
      turn.emit(
          new Effect.TellOutcomes(
              from, part.batch(), part.lineage(), part.job(), part.offset(), unconfirmed));
      return null;
    }
    if (!batch.trusts(from)) {
      return null;
    }
    if (holds(from, answered(from, batch), batch) && batch.held.size() > 1) {
      tellHolders(batch);
    }
    if (batch.restored) {
      batch.elsewhere.addAll(part.ended());
    }
    IndexSet lacks = batch.ended.toSet().andNot(part.confirmed());
    if (!lacks.isEmpty()) {
      tell(from, batch, lacks);
    }
    look(batch);
    return batch.part();
  }

  private void tell(PeerId to, OwnCopies batch, IndexSet indexes) {
    turn.emit(
        new Effect.TellOutcomes(
            to, batch.cid, batch.lineage, batch.place.job(), batch.place.offset(), indexes));
  }

  /** Outcomes of a batch are in the journal here. */
  void ended(PeerId self, Cid cid, WorkFrame.Results results) {
    OwnCopies batch = own.get(cid);
    if (batch == null) {
      return;
    }
    CopyFrame.Ended ended = new CopyFrame.Ended(cid, self, results);
    batch.ended.addAll(ended.indexes());
    for (PeerId holder : batch.held) {
      if (membership.isConnected(holder)) {
        send(holder, ended);
      }
    }
    if (batch.isDone()) {
      look(batch);
    }
  }

  /** How often tasks of a batch were tried is in the journal here. */
  void tried(Cid cid, Tries tries) {
    OwnCopies batch = own.get(cid);
    if (batch != null) {
      CopyFrame.Tried tried = new CopyFrame.Tried(cid, tries);
      batch.held.stream().filter(membership::isConnected).forEach(it -> send(it, tried));
    }
  }

  /** A job was deleted, with its outcomes: nobody needs its copies. */
  void forgotten(long job) {
    Map<PeerId, List<Cid>> over = new LinkedHashMap<>();
    for (OwnCopies batch : List.copyOf(own.values())) {
      if (batch.place.job() == job) {
        batch.held.forEach(it -> over.computeIfAbsent(it, e -> new ArrayList<>()).add(batch.cid));
        batch.asked.forEach(it -> over.computeIfAbsent(it, e -> new ArrayList<>()).add(batch.cid));
        remove(batch);
      }
    }
    over.forEach(
        (peer, cids) -> {
          for (int from = 0; from < cids.size(); from += turn.partsMax()) {
            int to = Math.min(cids.size(), from + turn.partsMax());
            send(peer, new CopyFrame.Over(cids.subList(from, to)));
          }
        });
  }

  private void remove(OwnCopies batch) {
    own.remove(batch.cid);
    lacking.remove(batch);
    for (Lane lane : lanes.values()) {
      lane.unanswered.remove(batch);
      lane.waiting.remove(batch);
      lane.held.remove(batch);
    }
    batch.acknowledge();
  }

  /**
   * Which tasks of a batch from before have ended, say all who should have it; null before all
   * have.
   */
  @Nullable IndexSet endedElsewhere(Cid cid) {
    OwnCopies it = own.get(cid);
    return it == null ? null : it.endedElsewhere(options.copies());
  }

  /** At how many other peers each job's batches are at least; of those of which this is known. */
  Map<Long, Integer> counts() {
    Map<Long, Integer> counts = new LinkedHashMap<>();
    own.values().forEach(it -> counts.merge(it.place.job(), it.held.size(), Math::min));
    return counts;
  }

  // Time.

  /** Does what is due. */
  void due() {
    for (Map.Entry<PeerId, Lane> each : List.copyOf(lanes.entrySet())) {
      due(each.getKey(), each.getValue());
    }
    if (settling && settledNanos - nowNanos <= 0) {
      settling = false;
      List.copyOf(lacking).forEach(this::look);
    }
    if (looks && lookNanos - nowNanos <= 0) {
      lookNanos = nowNanos + options.again().toNanos();
      lookAgain();
    }
  }

  private void due(PeerId peer, Lane lane) {
    boolean late = false;
    for (Map.Entry<OwnCopies, Long> first = first(lane);
        first != null && first.getValue() - nowNanos <= 0;
        first = first(lane)) {
      declined(peer, first.getKey());
      late = true;
    }
    if (late) {
      fill(peer, lane);
    }
    if (lane.gone && nowNanos - lane.goneNanos >= options.patience().toNanos()) {
      lanes.remove(peer);
      for (OwnCopies batch : lane.held) {
        batch.held.remove(peer);
        look(batch);
      }
    }
  }

  private static Map.@Nullable Entry<OwnCopies, Long> first(Lane lane) {
    return lane.unanswered.isEmpty() ? null : lane.unanswered.entrySet().iterator().next();
  }

  private void lookAgain() {
    long nowMillis = turn.nowMillis();
    for (OwnCopies batch : List.copyOf(own.values())) {
      if (batch.expiresAtMillis <= nowMillis) {
        remove(batch);
      }
    }
    for (OwnCopies batch : List.copyOf(lacking)) {
      if (!batch.isDone()) {
        batch.declined.clear();
      }
      look(batch);
    }
    looks = !own.isEmpty();
  }

  long nextDeadlineNanos(long never) {
    long next = never;
    if (looks) {
      next = earlier(next, lookNanos);
    }
    if (settling) {
      next = earlier(next, settledNanos);
    }
    for (Lane lane : lanes.values()) {
      Map.Entry<OwnCopies, Long> first = first(lane);
      next = first == null ? next : earlier(next, first.getValue());
      next = lane.gone ? earlier(next, lane.goneNanos + options.patience().toNanos()) : next;
    }
    return next;
  }

  private static long earlier(long one, long other) {
    return one - other <= 0 ? one : other;
  }
}
