package io.minga.crdt.claims;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.sync.DigestTree;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which task of which batch, as one peer knows it: a CRDT of one register a task. Sets
 * that have heard the same deltas, in whatever order and however often, are equal.
 *
 * <p>Claims count only once their batch's facts are known, since these say who its submitter is,
 * how many tasks it has and when it is over; what comes before waits. Whether a claim is valid
 * depends on these facts and its claimant alone, never on what else this set knows. The caller
 * vouches for the claimant of every delta, and that facts are what the record behind the id says.
 *
 * <p>A batch is forgotten when it is all settled and its retention is over, and when it expires. It
 * never comes back: see {@link #open}. Wall time is an argument; a clock that is set back is held
 * to the latest time there was.
 */
public final class ClaimSet {
  private static final long SWEEP_MILLIS = 60_000;
  private static final int PEERS_REMEMBERED = 4096;

  private final Id self;
  private final ClaimOptions options;
  private final Map<Id, Batch> batches = new LinkedHashMap<>();
  private final TreeSet<Batch> byEnd = new TreeSet<>();
  private final DigestTree unsettled = new DigestTree();
  private final Waiting waiting;
  private final Forgotten forgotten;
  private final ChangeLog log;
  private final Map<Id, Id> peers = new RecentIds();
  private final long[] keys = new long[IndexSet.CAPACITY];
  private long nowMillis;
  private long sweptMillis;

  /** One object an id, so that a peer that is in many batches is in memory once. */
  private static final class RecentIds extends LinkedHashMap<Id, Id> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Id, Id> eldest) {
      return size() > PEERS_REMEMBERED;
    }
  }

  /** An empty set of the peer {@code self}. */
  public ClaimSet(Id self, ClaimOptions options) {
    this.self = self;
    this.options = options;
    this.waiting = new Waiting(options);
    this.forgotten = new Forgotten(options);
    this.log = new ChangeLog(self);
  }

  /**
   * Makes a batch known, and merges the deltas that wait for it.
   *
   * <p>This is the one way in, and it is shut to batches that are over: those that have expired by
   * their own facts, and those that were forgotten before they expired, whose numbers are kept for
   * as long.
   */
  public Opening open(long nowMillis, BatchFacts facts) {
    advance(nowMillis);
    if (batches.containsKey(facts.batch())) {
      return new Opening.Known();
    }
    Opening.Reason refusal = refusal(facts);
    if (refusal != null) {
      if (refusal != Opening.Reason.FULL) {
        waiting.take(facts.batch());
      }
      return new Opening.Refused(refusal);
    }
    Batch batch = new Batch(facts);
    batches.put(facts.batch(), batch);
    byEnd.add(batch);
    unsettled.add(batch);
    List<Merge> waited = new ArrayList<>();
    for (ClaimDelta delta : waiting.take(facts.batch())) {
      waited.add(merge(nowMillis, delta));
    }
    return new Opening.Opened(waited);
  }

  private Opening.@Nullable Reason refusal(BatchFacts facts) {
    if (facts.expiresAtMillis() <= nowMillis) {
      return Opening.Reason.EXPIRED;
    }
    if (facts.expiresAtMillis() - nowMillis > options.lifetimeMax().toMillis()) {
      return Opening.Reason.EXPIRES_TOO_LATE;
    }
    if (forgotten.contains(facts)) {
      return Opening.Reason.FORGOTTEN;
    }
    return batches.size() >= options.batchesMax() || !forgotten.reserve(facts)
        ? Opening.Reason.FULL
        : null;
  }

  /** Joins what a peer says of its own tasks. */
  public Merge merge(long nowMillis, ClaimDelta delta) {
    advance(nowMillis);
    Id claimant = delta.claimant();
    Batch batch = batches.get(delta.batch());
    if (batch == null) {
      return waiting.add(this.nowMillis, delta)
          ? new Merge.Waits(claimant, delta.batch())
          : new Merge.Dropped(claimant, delta.batch());
    }
    if (batch.endMillis <= this.nowMillis) {
      return new Merge.Expired(claimant, delta.batch());
    }
    String why = wrong(batch.facts, delta);
    if (why != null) {
      return new Merge.Refused(claimant, delta.batch(), why);
    }
    return new Merge.Merged(claimant, join(batch, known(claimant), delta.entries()));
  }

  /** Joins all that another set knows of a batch, of each claimant in turn. */
  public List<Merge> merge(long nowMillis, BatchClaims claims) {
    List<Merge> merges = new ArrayList<>();
    for (ClaimDelta delta : claims.deltas()) {
      merges.add(merge(nowMillis, delta));
    }
    return merges;
  }

  private static @Nullable String wrong(BatchFacts facts, ClaimDelta delta) {
    int last = delta.indexes().last();
    if (last >= facts.count()) {
      return "index " + last + " of a batch of " + facts.count() + " tasks";
    }
    for (Entry entry : delta.entries()) {
      if (entry.phase() == Phase.SETTLED && !delta.claimant().equals(facts.submitter())) {
        return "only its submitter settles a batch";
      }
    }
    return null;
  }

  private Changes join(Batch batch, Id claimant, List<Entry> entries) {
    boolean wasSettled = batch.registers.allSettled();
    for (Entry entry : entries) {
      batch.registers.join(claimant, entry, log);
    }
    Changes changes = log.take(batch.id());
    if (changes.changed().isEmpty()) {
      return changes;
    }
    batch.changed();
    if (!wasSettled && batch.registers.allSettled()) {
      unsettled.remove(batch);
      byEnd.remove(batch);
      Batch settled = batch.endingBy(nowMillis + options.retention().toMillis());
      byEnd.add(settled);
      batches.put(settled.id(), settled);
    } else {
      unsettled.changed(batch);
    }
    return changes;
  }

  private Id known(Id peer) {
    Id same = peers.putIfAbsent(peer, peer);
    return same == null ? peer : same;
  }

  /** Claims those of {@code indexes} that are free. */
  public Claimed claim(long nowMillis, Id batch, IndexSet indexes) {
    return hold(nowMillis, batch, indexes, false);
  }

  /**
   * Claims those of {@code indexes} that are free, and, in the next epoch, those that another peer
   * holds. What is in the last epoch stays where it is.
   */
  public Claimed takeOver(long nowMillis, Id batch, IndexSet indexes) {
    return hold(nowMillis, batch, indexes, true);
  }

  private Claimed hold(long nowMillis, Id id, IndexSet indexes, boolean ofOthersToo) {
    Batch batch = batch(nowMillis, id, indexes);
    Registers registers = batch.registers;
    int size = 0;
    for (int index : indexes.toArray()) {
      int phase = registers.phase(index);
      int epoch = registers.epoch(index);
      if (phase <= Phase.RELEASED.number()) {
        keys[size++] = ClaimDelta.key(Phase.HELD, Math.max(1, epoch), index);
      } else if (ofOthersToo
          && phase == Phase.HELD.number()
          && epoch < ClaimDelta.EPOCH_MAX
          && !self.equals(registers.owner(index))) {
        keys[size++] = ClaimDelta.key(Phase.HELD, epoch + 1, index);
      }
    }
    return say(batch, size);
  }

  /** Gives up those of {@code indexes} that this peer holds; not those in the last epoch. */
  public Claimed release(long nowMillis, Id id, IndexSet indexes) {
    Batch batch = batch(nowMillis, id, indexes);
    Registers registers = batch.registers;
    int size = 0;
    for (int index : indexes.toArray()) {
      int epoch = registers.epoch(index);
      if (registers.phase(index) == Phase.HELD.number()
          && epoch < ClaimDelta.EPOCH_MAX
          && self.equals(registers.owner(index))) {
        keys[size++] = ClaimDelta.key(Phase.RELEASED, epoch + 1, index);
      }
    }
    return say(batch, size);
  }

  /** Says that this peer, which held them in {@code epoch} and may have lost them, has results. */
  public Claimed done(long nowMillis, Id id, int epoch, IndexSet indexes) {
    if (epoch < 1) {
      throw new IllegalArgumentException("tasks are held in an epoch ≥ 1, not " + epoch);
    }
    Batch batch = batch(nowMillis, id, indexes);
    int size = 0;
    for (int index : indexes.toArray()) {
      keys[size++] = ClaimDelta.key(Phase.DONE, epoch, index);
    }
    return say(batch, size);
  }

  /** Says that this peer, the batch's submitter, has taken results. */
  public Claimed settle(long nowMillis, Id id, IndexSet indexes) {
    Batch batch = batch(nowMillis, id, indexes);
    if (!batch.facts.submitter().equals(self)) {
      throw new IllegalArgumentException("batch " + id + " is not this peer's to settle");
    }
    int size = 0;
    for (int index : indexes.toArray()) {
      keys[size++] = ClaimDelta.key(Phase.SETTLED, 0, index);
    }
    return say(batch, size);
  }

  /** Joins the first {@code size} keys, and says those that rose. */
  private Claimed say(Batch batch, int size) {
    Arrays.sort(keys, 0, size);
    List<Entry> entries = ClaimDelta.entries(keys, 0, size);
    Changes changes = join(batch, self, entries);
    List<Entry> risen = new ArrayList<>();
    for (Entry entry : entries) {
      IndexSet indexes = entry.indexes().and(changes.changed());
      if (!indexes.isEmpty()) {
        risen.add(new Entry(entry.phase(), entry.epoch(), indexes));
      }
    }
    return new Claimed(risen.isEmpty() ? null : new ClaimDelta(batch.id(), self, risen), changes);
  }

  private Batch batch(long nowMillis, Id id, IndexSet indexes) {
    advance(nowMillis);
    return known(id, indexes.last());
  }

  private Batch known(Id id, int last) {
    Batch batch = batches.get(id);
    if (batch == null) {
      throw new IllegalArgumentException("batch " + id + " is not known here");
    }
    if (last >= batch.facts.count()) {
      throw new IllegalArgumentException(
          "batch " + id + " has " + batch.facts.count() + " tasks, and none at " + last);
    }
    return batch;
  }

  /** Whether the batch is known. */
  public boolean contains(Id batch) {
    return batches.containsKey(batch);
  }

  /** The facts of a batch that is known. */
  public BatchFacts facts(Id batch) {
    return known(batch, -1).facts;
  }

  /** What is known of one task. */
  public Register register(Id batch, int index) {
    return known(batch, index).registers.get(index);
  }

  /** The tasks of a batch that are in {@code phase}, whoever's they are. */
  public IndexSet in(Id batch, Phase phase) {
    return known(batch, -1).registers.in(phase, null);
  }

  /** The tasks of a batch that are in {@code phase} and {@code owner}'s. */
  public IndexSet in(Id batch, Phase phase, Id owner) {
    return known(batch, -1).registers.in(phase, owner);
  }

  /** The tasks of a batch that nobody has claimed, or whose owner gave them up. */
  public IndexSet free(Id batch) {
    return known(batch, -1).registers.free();
  }

  /** All that is known of a batch's claims. */
  public BatchClaims claims(Id batch) {
    return known(batch, -1).claims();
  }

  /** All that is in force of what one peer says of a batch; null if nothing is. */
  public @Nullable ClaimDelta claims(Id batch, Id claimant) {
    for (ClaimDelta delta : claims(batch).deltas()) {
      if (delta.claimant().equals(claimant)) {
        return delta;
      }
    }
    return null;
  }

  /**
   * The tasks of which a delta is still the last word: whoever keeps the proof of what it knows can
   * drop that of a delta for which there are none.
   */
  public IndexSet inForce(ClaimDelta delta) {
    Batch batch = batches.get(delta.batch());
    IndexSet inForce = IndexSet.EMPTY;
    if (batch == null || wrong(batch.facts, delta) != null) {
      return inForce;
    }
    for (Entry entry : delta.entries()) {
      inForce = inForce.or(batch.registers.inForce(delta.claimant(), entry));
    }
    return inForce;
  }

  /** Whether a delta would change anything: its batch isn't known, or a register would rise. */
  public boolean isNews(ClaimDelta delta) {
    Batch batch = batches.get(delta.batch());
    if (batch == null) {
      return true;
    }
    if (wrong(batch.facts, delta) == null) {
      for (Entry entry : delta.entries()) {
        if (batch.registers.isRaisedBy(delta.claimant(), entry)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the batch is known, and all its tasks are settled. */
  public boolean isSettled(Id batch) {
    Batch known = batches.get(batch);
    return known != null && known.registers.allSettled();
  }

  /** Whether a batch was all settled, and is remembered by its number alone. */
  public boolean isForgotten(BatchFacts facts) {
    return !batches.containsKey(facts.batch()) && forgotten.contains(facts);
  }

  /** The batches that are known, in the order in which they came to be. */
  public List<Id> batches() {
    return List.copyOf(batches.keySet());
  }

  /** The batches whose facts are missing and of which claims wait, the longest first. */
  public List<Id> wanted() {
    return waiting.batches();
  }

  /**
   * A digest over all batches that aren't all settled. Those that are leave it at once, so that it
   * doesn't depend on when each peer forgets them.
   */
  public Digest digest() {
    return unsettled.digest();
  }

  /** The batches that aren't all settled, for comparing with another set's. */
  public DigestTree digests() {
    return unsettled;
  }

  /** When {@link #expire} has something to do; {@link Long#MAX_VALUE} if never. */
  public long nextExpiryMillis() {
    long batch = byEnd.isEmpty() ? Long.MAX_VALUE : byEnd.first().endMillis;
    return Math.min(batch, waiting.nextExpiryMillis());
  }

  /** Forgets the batches that are over and returns them. */
  public List<Id> expire(long nowMillis) {
    advance(nowMillis);
    waiting.expire(this.nowMillis);
    List<Id> over = new ArrayList<>();
    while (!byEnd.isEmpty() && byEnd.first().endMillis <= this.nowMillis) {
      Batch batch = byEnd.pollFirst();
      batches.remove(batch.id());
      if (!batch.registers.allSettled()) {
        unsettled.remove(batch);
      }
      forgotten.add(batch.facts);
      over.add(batch.id());
    }
    if (this.nowMillis - sweptMillis >= SWEEP_MILLIS) {
      sweptMillis = this.nowMillis;
      forgotten.expire(this.nowMillis);
    }
    return over;
  }

  private void advance(long nowMillis) {
    this.nowMillis = Math.max(this.nowMillis, nowMillis);
  }
}
