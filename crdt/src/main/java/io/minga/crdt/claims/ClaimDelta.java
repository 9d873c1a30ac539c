package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one peer says about its own tasks of one batch: which it holds, gives up, has done, or, as
 * the batch's submitter, has settled.
 *
 * @param claimant who says so; whoever hands the delta over has to have proof of that
 * @param entries at least one, ascending by phase and epoch, without an index that occurs twice
 */
public record ClaimDelta(Id batch, Id claimant, List<Entry> entries) {
  /** The largest epoch. A task that is held in it can't be handed on, only done and settled. */
  public static final int EPOCH_MAX = Integer.MAX_VALUE;

  /** The longest encoding, in bytes: 256 entries of one index each, and room for the batch. */
  public static final int BYTES_MAX = 8 * 1024;

  private static final int ENTRY_BYTES_MAX = 64;
  private static final int BATCH_FIELD = 1;
  private static final int ENTRY_FIELD = 2;
  private static final int PHASE_FIELD = 1;
  private static final int EPOCH_FIELD = 2;
  private static final int RUNS_FIELD = 3;
  private static final int BITMAP_FIELD = 4;

  /**
   * The tasks that are in one phase and one epoch.
   *
   * @param epoch 1 to {@link #EPOCH_MAX}; 0 for {@link Phase#SETTLED}, where it says nothing more
   * @param indexes at least one
   */
  public record Entry(Phase phase, int epoch, IndexSet indexes) {
    long order() {
      return (long) phase.number() << Integer.SIZE | epoch;
    }
  }

  /** Checks the form. */
  public ClaimDelta {
    entries = List.copyOf(entries);
    String problem = problemOf(entries);
    if (problem != null) {
      throw new IllegalArgumentException("claims of " + claimant + ": " + problem);
    }
  }

  private static @Nullable String problemOf(List<Entry> entries) {
    if (entries.isEmpty()) {
      return "a delta has at least one entry";
    }
    IndexSet seen = IndexSet.EMPTY;
    long before = 0;
    for (Entry entry : entries) {
      if (entry.phase == Phase.SETTLED ? entry.epoch != 0 : entry.epoch < 1) {
        return entry.phase
            + " in epoch "
            + entry.epoch
            + ", where SETTLED has 0 and all others ≥ 1";
      }
      if (entry.indexes.isEmpty()) {
        return "an entry has at least one index";
      }
      if (entry.order() <= before) {
        return "entries ascend by phase and epoch, none twice";
      }
      if (seen.intersects(entry.indexes)) {
        return "an index is in one entry only";
      }
      before = entry.order();
      seen = seen.or(entry.indexes);
    }
    return null;
  }

  /** The delta that says what this and {@code later}, of the same peer and batch, say together. */
  public ClaimDelta merge(ClaimDelta later) {
    if (!batch.equals(later.batch) || !claimant.equals(later.claimant)) {
      throw new IllegalArgumentException("only deltas of one peer and one batch are one");
    }
    long[] keys = new long[IndexSet.CAPACITY];
    raise(keys, entries);
    raise(keys, later.entries);
    int first = sortKnown(keys);
    return new ClaimDelta(batch, claimant, entries(keys, first, keys.length));
  }

  private static void raise(long[] keys, List<Entry> entries) {
    for (Entry entry : entries) {
      int[] indexes = entry.indexes.toArray();
      for (int index : indexes) {
        long key = key(entry.phase, entry.epoch, index);
        long old = keys[index];
        if (old == 0
            || Registers.strength(entry.phase.number(), entry.epoch)
                > Registers.strength(phaseOf(old).number(), epochOf(old))) {
          keys[index] = key;
        }
      }
    }
  }

  /** Sorts, zeros first; returns where those that are none begin. */
  private static int sortKnown(long[] keys) {
    Arrays.sort(keys);
    int first = 0;
    while (keys[first] == 0) {
      first++;
    }
    return first;
  }

  /** All indexes that the delta speaks of. */
  public IndexSet indexes() {
    IndexSet all = entries.get(0).indexes;
    for (int i = 1; i < entries.size(); i++) {
      all = all.or(entries.get(i).indexes);
    }
    return all;
  }

  /** Whether the delta speaks of any of these. */
  public boolean speaksOf(IndexSet indexes) {
    for (Entry entry : entries) {
      if (entry.indexes.intersects(indexes)) {
        return true;
      }
    }
    return false;
  }

  /** What the delta says of these tasks; null if it says nothing of them. */
  public @Nullable ClaimDelta only(IndexSet indexes) {
    List<Entry> some = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      IndexSet its = entry.indexes.and(indexes);
      if (!its.isEmpty()) {
        some.add(new Entry(entry.phase, entry.epoch, its));
      }
    }
    return some.isEmpty() ? null : new ClaimDelta(batch, claimant, some);
  }

  /** The bytes of the message; the claimant is not in them, as the message's author is known. */
  public byte[] encode() {
    return write().toByteArray();
  }

  WireWriter write() {
    WireWriter out = new WireWriter().id(BATCH_FIELD, batch);
    encodeEntries(out, ENTRY_FIELD);
    return out;
  }

  void encodeEntries(WireWriter out, int field) {
    for (Entry entry : entries) {
      WireWriter nested =
          new WireWriter()
              .number(PHASE_FIELD, entry.phase.number())
              .number(EPOCH_FIELD, entry.epoch);
      entry.indexes.encode(nested, RUNS_FIELD, BITMAP_FIELD);
      out.message(field, nested);
    }
  }

  /** What {@code claimant}, the author of the message, says in it. */
  public static ClaimDelta decode(Id claimant, byte[] message) throws MalformedException {
    if (message.length > BYTES_MAX) {
      throw new MalformedException(
          "ClaimDelta of " + message.length + " B is above " + BYTES_MAX + " B");
    }
    return read(claimant, WireReader.of("ClaimDelta", message));
  }

  static ClaimDelta read(Id claimant, WireReader in) throws MalformedException {
    Id batch = in.id(BATCH_FIELD);
    return new ClaimDelta(batch, claimant, decodeEntries(in, ENTRY_FIELD));
  }

  /** The entries in this field, after which the message has to end. */
  static List<Entry> decodeEntries(WireReader in, int field) throws MalformedException {
    List<Entry> entries = new ArrayList<>();
    while (in.hasBytes(field)) {
      if (entries.size() == IndexSet.CAPACITY) {
        throw in.at(field, "there are more than 256 entries");
      }
      entries.add(entry(in.message(field, "claim entry", ENTRY_BYTES_MAX)));
    }
    in.end();
    String problem = problemOf(entries);
    if (problem != null) {
      throw in.at(field, problem);
    }
    return entries;
  }

  private static Entry entry(WireReader in) throws MalformedException {
    int phase = (int) in.number(PHASE_FIELD, Phase.COUNT);
    if (phase == 0) {
      throw in.at(PHASE_FIELD, "the phase is missing, 1 to " + Phase.COUNT + " is right");
    }
    int epoch = (int) in.number(EPOCH_FIELD, EPOCH_MAX);
    IndexSet indexes = IndexSet.decode(in, RUNS_FIELD, BITMAP_FIELD);
    in.end();
    return new Entry(Phase.of(phase), epoch, indexes);
  }

  /** A task and what is said of it in one number, which sorts as entries do. */
  static long key(Phase phase, int epoch, int index) {
    return (long) phase.number() << 40 | (long) epoch << 8 | index;
  }

  private static Phase phaseOf(long key) {
    return Phase.of((int) (key >>> 40) & 7);
  }

  private static int epochOf(long key) {
    return (int) (key >>> 8);
  }

  /** The entries that sorted keys, of one claimant, stand for. */
  static List<Entry> entries(long[] keys, int from, int to) {
    List<Entry> entries = new ArrayList<>();
    long[] words = new long[IndexSet.CAPACITY / Long.SIZE];
    for (int i = from; i < to; i++) {
      int index = (int) keys[i] & 0xff;
      words[index >> 6] |= 1L << index;
      if (i + 1 == to || keys[i] >>> 8 != keys[i + 1] >>> 8) {
        entries.add(new Entry(phaseOf(keys[i]), epochOf(keys[i]), IndexSet.ofWords(words)));
        Arrays.fill(words, 0);
      }
    }
    return entries;
  }
}
