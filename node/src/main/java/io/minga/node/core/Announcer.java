package io.minga.node.core;

import io.minga.crdt.claims.BatchFacts;
import io.minga.crdt.claims.Changes;
import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Merge;
import io.minga.crdt.claims.Opening;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.claims.Register;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Requirements;
import io.minga.node.task.Saying;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the whole network hears of batches: announcements of those that others must know of, and
 * claims to them.
 *
 * <p>As long as a batch's submitter lives it says who has which of its tasks, and tells those whom
 * that concerns directly; if it dies, what isn't durable is over. So a batch is quiet: nobody else
 * hears of it, unless it is durable, or a peer that had some of it can't be told that others get it
 * now, or nothing of it ends for much longer than it should take. Then its submitter announces it;
 * from then on its owners claim what they hold, and the submitter says what is settled.
 */
final class Announcer {
  private static final long SWEEP_NANOS = 1_000_000_000;

  /** By how many times a batch may outlast what was expected when it was handed out. */
  private static final int LATE = 2;

  /** How much is kept of batches that came with their announcements; others can be fetched. */
  private static final int BLOCK_BYTES_MAX = 8 << 20;

  /**
   * By how many epochs a claim may be ahead of what is held here to be believed. A hand-over is one
   * or two; a peer that claims what nobody can take over must not keep it from being run.
   */
  static final int EPOCHS_AHEAD_MAX = 16;

  private final NodeOptions options;
  private final Id self;
  private final ClaimSet claims;

  /** Own batches that nobody hears of, the one first that is to be looked at first. */
  private final Set<OwnBatch> quiet = new LinkedHashSet<>();

  /** Own batches that everybody is to hear of in this turn. */
  private final Set<OwnBatch> urgent = new LinkedHashSet<>();

  private final Sayings sayings;
  private final Hearsay hearsay;

  /** What others have announced of theirs. */
  private final Map<Id, Known> known = new LinkedHashMap<>();

  /** How many batches of each other submitter are followed. */
  private final Map<Id, Integer> followed = new LinkedHashMap<>();

  /** Of those batches of others that came with their announcements. */
  private long blockBytes;

  private long sweepNanos;
  private boolean sweeps;

  /**
   * What an announcement says of a batch that is not here.
   *
   * @param block the batch itself, if it is short
   */
  record Known(
      PeerId submitter,
      int sizeBytes,
      int indexes,
      List<FunctionName> functions,
      Requirements requires,
      @Nullable Batch block) {
    static Known of(Announcement announcement) {
      return new Known(
          announcement.submitter(),
          announcement.sizeBytes(),
          announcement.indexes(),
          announcement.functions(),
          announcement.requires(),
          announcement.block());
    }
  }

  Announcer(PeerId self, NodeOptions options) {
    this.options = options;
    this.self = id(self);
    this.claims = new ClaimSet(this.self, options.claims());
    this.sayings = new Sayings(claims);
    this.hearsay = new Hearsay(self, claims);
  }

  ClaimSet claims() {
    return claims;
  }

  /** What there is to tell those who haven't heard of it. */
  Hearsay hearsay() {
    return hearsay;
  }

  /** What the claim set calls a peer. */
  static Id id(PeerId peer) {
    return Id.of(peer.multihash().toByteArray());
  }

  static Id id(Cid batch) {
    return Id.of(batch.toBytes().toByteArray());
  }

  /** Tasks of the batch were handed out. */
  void handedOut(long nowNanos, OwnBatch batch) {
    if (batch.watched) {
      return;
    }
    batch.watched = true;
    if (batch.policy().durable() || options.times().quiet().isZero()) {
      urgent.add(batch);
    } else {
      beQuiet(nowNanos, batch);
    }
  }

  private void beQuiet(long nowNanos, OwnBatch batch) {
    batch.beQuiet(nowNanos + options.times().quiet().toNanos());
    quiet.add(batch);
  }

  /** Others get what a peer had that can't be told: whoever meets it must know better. */
  void takenBack(OwnBatch batch) {
    if (!batch.announced) {
      urgent.add(batch);
    }
  }

  /** All calls of an own batch have their outcomes. */
  void over(OwnBatch batch) {
    quiet.remove(batch);
    urgent.remove(batch);
  }

  /** Announces the batches that others must know of, and claims what is here of them. */
  void announce(
      long nowNanos, long nowMillis, Function<Cid, @Nullable Held> table, List<Effect> out) {
    for (OwnBatch first = firstQuiet();
        first != null && first.quietUntilNanos - nowNanos <= 0;
        first = firstQuiet()) {
      quiet.remove(first);
      if (first.hasProgressed() || isAsExpected(nowNanos, first)) {
        beQuiet(nowNanos, first);
      } else {
        urgent.add(first);
      }
    }
    for (OwnBatch batch : urgent) {
      quiet.remove(batch);
      announce(nowMillis, batch, out);
      Held held = table.apply(batch.batch.cid());
      if (held != null) {
        held(nowNanos, nowMillis, held);
      }
    }
    urgent.clear();
  }

  private @Nullable OwnBatch firstQuiet() {
    return quiet.isEmpty() ? null : quiet.iterator().next();
  }

  /** Whether those that have the batch may still be working on it as everybody expected. */
  private static boolean isAsExpected(long nowNanos, OwnBatch batch) {
    for (Handout handout : batch.handouts) {
      if (handout.finishNanos > 0 && nowNanos - handout.sentNanos > LATE * handout.finishNanos) {
        return false;
      }
    }
    return true;
  }

  private void announce(long nowMillis, OwnBatch own, List<Effect> out) {
    Announcement facts = Announcement.of(options.tasks(), own.batch, 0, List.of());
    if (claims.open(nowMillis, facts(own.batch.cid(), facts)) instanceof Opening.Refused) {
      return;
    }
    own.announced = true;
    hearsay.announced(id(own.batch.cid()), facts);
    IndexBits hinted = new IndexBits();
    List<Announcement.Hint> hints = new ArrayList<>();
    long costNanos = 0;
    for (Handout handout : own.handouts) {
      IndexBits its = handout.tasks.copy();
      its.removeAll(hinted);
      hinted.addAll(its);
      costNanos += its.size() * handout.taskNanos;
      if (!its.isEmpty() && hints.size() < options.tasks().hintsMax()) {
        hints.add(new Announcement.Hint(handout.lane.peer, its.toSet()));
      }
    }
    out.add(
        new Effect.Announce(
            Announcement.of(options.tasks(), own.batch, costNanos / 1_000_000, hints)));
    IndexBits over = IndexBits.first(own.batch.size());
    over.removeAll(own.open);
    over.removeAll(own.recording);
    own.settled.addAll(over);
  }

  static BatchFacts facts(Cid batch, Announcement announcement) {
    return new BatchFacts(
        id(batch),
        id(announcement.submitter()),
        announcement.lineage(),
        announcement.sequence(),
        announcement.indexes(),
        announcement.expiresAtMillis());
  }

  /**
   * Another peer announces a batch: what is held of it here is claimed from now on.
   *
   * @throws WireException if it has no right to
   */
  void announced(long nowNanos, long nowMillis, Input.Announced input, @Nullable Held held)
      throws WireException {
    Announcement announcement = input.announcement();
    announcement.checkSigner(input.author(), null);
    BatchFacts facts = facts(announcement.batch(), announcement);
    Id batch = facts.batch(); // one object, wherever it is kept
    if (followed.getOrDefault(facts.submitter(), 0) >= options.limits().announcedMax()) {
      return;
    }
    if (claims.open(nowMillis, facts) instanceof Opening.Opened) {
      followed.merge(facts.submitter(), 1, Integer::sum);
      known.put(
          batch,
          new Known(
              announcement.submitter(),
              announcement.sizeBytes(),
              announcement.indexes(),
              announcement.functions(),
              announcement.requires(),
              kept(announcement.block())));
      if (held != null) {
        held.announced = true;
      }
    }
    Saying signed = input.signed();
    if (signed != null && claims.contains(batch)) {
      hearsay.announced(batch, new Hearsay.Signed(signed));
    }
    letGoIfSettled(batch);
    if (held != null && held.announced) {
      claimHeld(nowNanos, nowMillis, held);
    }
  }

  /** A batch that came with its announcement, if there is room to keep it. */
  private @Nullable Batch kept(@Nullable Batch block) {
    if (block == null || blockBytes + block.bytes().length() > BLOCK_BYTES_MAX) {
      return null;
    }
    blockBytes += block.bytes().length();
    return block;
  }

  private void forget(Id batch) {
    hearsay.forget(batch);
    forgetBlock(batch);
  }

  /** Nobody takes tasks of a batch that is all settled, nor is it new to anybody who asks. */
  private void letGoIfSettled(Id batch) {
    if (claims.isSettled(batch)) {
      hearsay.settled(batch);
      forgetBlock(batch);
    }
  }

  private void forgetBlock(Id batch) {
    Known gone = known.remove(batch);
    if (gone != null && gone.block != null) {
      blockBytes -= gone.block.bytes().length();
    }
  }

  private void claimHeld(long nowNanos, long nowMillis, Held held) {
    TreeMap<Integer, IndexBits> byEpoch = new TreeMap<>();
    held.has()
        .forEach(
            index -> byEpoch.computeIfAbsent(held.epoch(index), it -> new IndexBits()).add(index));
    List<ClaimDelta.Entry> entries = new ArrayList<>();
    byEpoch.forEach(
        (epoch, indexes) -> entries.add(new ClaimDelta.Entry(Phase.HELD, epoch, indexes.toSet())));
    if (!entries.isEmpty()) {
      ClaimDelta delta = new ClaimDelta(id(held.batch.cid()), self, entries);
      claims.merge(nowMillis, delta);
      sayings.say(nowNanos, delta);
    }
  }

  // Moves.

  /**
   * What is known of a batch that tasks are offered of: what its submitter has announced, or else
   * what the giver says; null if neither says anything.
   */
  @Nullable Known known(MoveFrame.Lot lot) {
    Known announced = known.get(id(lot.batch()));
    Announcement about = lot.about();
    return announced != null || about == null ? announced : Known.of(about);
  }

  /** Whether the network knows of the batch, and claims to it are followed. */
  boolean follows(Cid batch) {
    return claims.contains(id(batch));
  }

  /**
   * Claims tasks that another peer gives to this one, in the epoch after its own. Of a quiet batch
   * only its submitter hears.
   */
  void claim(long nowNanos, long nowMillis, Cid batch, int epoch, IndexSet indexes) {
    if (claims.contains(id(batch))) {
      ClaimDelta delta = claim(batch, self, epoch, indexes);
      claims.merge(nowMillis, delta);
      sayings.say(nowNanos, delta);
    }
  }

  /** Another peer has told this one directly what it has claimed; the rest hears it by gossip. */
  void heard(long nowMillis, PeerId claimant, Cid batch, int epoch, IndexSet indexes) {
    if (claims.contains(id(batch))) {
      claims.merge(nowMillis, claim(batch, id(claimant), epoch, indexes));
    }
  }

  private static ClaimDelta claim(Cid batch, Id claimant, int epoch, IndexSet indexes) {
    ClaimDelta.Entry entry = new ClaimDelta.Entry(Phase.HELD, epoch, indexes);
    return new ClaimDelta(id(batch), claimant, List.of(entry));
  }

  /** Gives up what was claimed here and is not here. */
  void released(long nowNanos, long nowMillis, Cid batch, IndexSet indexes) {
    if (claims.contains(id(batch))) {
      sayings.say(nowNanos, claims.release(nowMillis, id(batch), indexes));
    }
  }

  /** What is known of who has a task. */
  Register register(Cid batch, int index) {
    return claims.contains(id(batch)) ? claims.register(id(batch), index) : Register.UNCLAIMED;
  }

  /** Those of these that others have claimed in this epoch or a later one. */
  IndexSet claimed(Cid batch, IndexSet indexes, IntUnaryOperator epoch) {
    Id id = id(batch);
    if (!claims.contains(id)) {
      return IndexSet.EMPTY;
    }
    IndexSet others = claims.in(id, Phase.HELD).andNot(claims.in(id, Phase.HELD, self));
    IndexBits claimed = new IndexBits();
    indexes
        .and(others)
        .forEach(
            index -> {
              int ahead = claims.register(id, index).epoch() - epoch.applyAsInt(index);
              if (ahead >= 0 && ahead <= EPOCHS_AHEAD_MAX) {
                claimed.add(index);
              }
            });
    return claimed.toSet();
  }

  /** Those of these that their submitter has the outcomes of. */
  IndexSet settled(Cid batch, IndexSet indexes) {
    Id id = id(batch);
    return claims.contains(id) ? claims.in(id, Phase.SETTLED).and(indexes) : IndexSet.EMPTY;
  }

  /** Tasks of an announced batch are held here from now on. */
  void held(long nowNanos, long nowMillis, Held held) {
    if (claims.contains(id(held.batch.cid()))) {
      held.announced = true;
      claimHeld(nowNanos, nowMillis, held);
    }
  }

  /** Their submitter has the outcomes of these. */
  void done(long nowNanos, long nowMillis, Held held, IndexSet indexes) {
    Id batch = id(held.batch.cid());
    if (!held.announced || !claims.contains(batch)) {
      return;
    }
    TreeMap<Integer, IndexBits> byEpoch = new TreeMap<>();
    indexes.forEach(
        index -> byEpoch.computeIfAbsent(held.epoch(index), it -> new IndexBits()).add(index));
    byEpoch.forEach(
        (epoch, its) -> sayings.say(nowNanos, claims.done(nowMillis, batch, epoch, its.toSet())));
  }

  /** Tasks that were held here are free again. */
  void released(long nowNanos, long nowMillis, Held held, IndexSet indexes) {
    Id batch = id(held.batch.cid());
    if (held.announced && claims.contains(batch)) {
      sayings.say(nowNanos, claims.release(nowMillis, batch, indexes));
    }
  }

  /** Calls of an own batch have their outcomes; once it is announced, that is said. */
  void settle(long nowNanos, long nowMillis, OwnBatch own) {
    Id batch = id(own.batch.cid());
    if (own.announced && !own.settled.isEmpty() && claims.contains(batch)) {
      sayings.say(nowNanos, claims.settle(nowMillis, batch, own.settled.toSet()));
      own.settled.clear();
    }
  }

  /**
   * Joins what another peer claims.
   *
   * @param signed in which it does so; null if there is only its word
   * @return what changed hands; null if nothing did
   * @throws WireException if it has no right to say so
   */
  @Nullable Changes claimed(long nowMillis, ClaimDelta delta, Hearsay.@Nullable Signed signed)
      throws WireException {
    Merge merge = claims.merge(nowMillis, delta);
    if (merge instanceof Merge.Refused refused) {
      throw new WireException("claims of " + refused.batch() + ": " + refused.why());
    }
    if (signed != null) {
      hearsay.claimed(delta, signed);
    }
    letGoIfSettled(delta.batch());
    return merge instanceof Merge.Merged merged && !merged.changes().changed().isEmpty()
        ? merged.changes()
        : null;
  }

  /** Says what there is to say, if it has waited long enough. */
  void flush(long nowNanos, List<Effect> out) {
    sayings.flush(nowNanos, out);
  }

  /** Forgets the batches that are over. */
  void expire(long nowNanos, long nowMillis) {
    if (sweeps && sweepNanos - nowNanos > 0) {
      return;
    }
    sweeps = true;
    sweepNanos = nowNanos + SWEEP_NANOS;
    List<Id> over = claims.nextExpiryMillis() <= nowMillis ? claims.expire(nowMillis) : List.of();
    if (!over.isEmpty()) {
      over.forEach(this::forget);
      followed.clear();
      for (Id batch : claims.batches()) {
        Id submitter = claims.facts(batch).submitter();
        if (!submitter.equals(self)) {
          followed.merge(submitter, 1, Integer::sum);
        }
      }
    }
  }

  /** What two sets that agree have in common. */
  Digest digest() {
    return claims.digest();
  }

  long nextDeadlineNanos(long never) {
    OwnBatch first = firstQuiet();
    long next = first == null || never - first.quietUntilNanos <= 0 ? never : first.quietUntilNanos;
    return sayings.nextDeadlineNanos(next);
  }
}
