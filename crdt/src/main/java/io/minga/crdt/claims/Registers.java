package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The registers of one batch's tasks: phase, epoch and owner of each, in three arrays.
 *
 * <p>They only ever rise in one total order: first SETTLED, then DONE, then what is held or
 * released; within these the larger epoch; within an epoch HELD over RELEASED; and of two peers
 * that say the same, the larger id for DONE and the larger {@link #rank} else. A join is the larger
 * of two, so it is commutative, associative and idempotent because {@code max} is.
 *
 * <p>There are never more owners than tasks, so an owner is a byte: an index into a table that
 * drops those who own nothing any more when it is full. A batch that is all settled needs no
 * arrays.
 */
final class Registers {
  private static final int NONE = 0;
  private static final int SETTLED = Phase.SETTLED.number();
  private static final int OWNERS_MIN = 2;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final Id batch;
  private final Id submitter;
  private final int count;

  private int[] epochs;
  private byte[] phases;
  private byte[] slots;
  private @Nullable Id[] owners = new Id[OWNERS_MIN];
  private int ownerCount;
  private int settledCount;

  Registers(Id batch, Id submitter, int count) {
    this.batch = batch;
    this.submitter = submitter;
    this.count = count;
    this.epochs = new int[count];
    this.phases = new byte[count];
    this.slots = new byte[count];
  }

  /** Where a register stands among all others, but for who owns it. */
  static long strength(int phase, int epoch) {
    return switch (phase) {
      case 0 -> 0;
      case 1 -> 1L << 34 | (long) epoch << 1;
      case 2 -> 1L << 34 | (long) epoch << 1 | 1;
      case 3 -> 2L << 34 | (long) epoch << 1;
      default -> 3L << 34;
    };
  }

  /**
   * Who has a task when several claim it in one epoch: the largest, as an unsigned number. Even for
   * each peer over the tasks of a batch, and nothing that a peer could choose without knowing the
   * batch.
   */
  static long rank(Id batch, int index, Id owner) {
    return mix(mix(batch.key() + (index + 1) * GOLDEN) ^ owner.key());
  }

  /**
   * The finaliser of SplitMix64: a bijection whose every output bit depends on all of its input.
   */
  private static long mix(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  boolean allSettled() {
    return settledCount == count;
  }

  Register get(int index) {
    int phase = phase(index);
    return switch (phase) {
      case NONE -> Register.UNCLAIMED;
      default -> new Register(Phase.of(phase), allSettled() ? 0 : epochs[index], owner(index));
    };
  }

  int phase(int index) {
    return allSettled() ? SETTLED : phases[index];
  }

  int epoch(int index) {
    return allSettled() ? 0 : epochs[index];
  }

  /** Whose register this is; null if nobody's. */
  @Nullable Id owner(int index) {
    int phase = phase(index);
    if (phase == NONE) {
      return null;
    }
    return phase == SETTLED ? submitter : owners[slots[index] & 0xff];
  }

  /** Raises every register that {@code entry} of {@code owner} beats, and notes it. */
  void join(Id owner, ClaimDelta.Entry entry, ChangeLog log) {
    int phase = entry.phase().number();
    int epoch = entry.epoch();
    long strength = strength(phase, epoch);
    int slot = slotOf(owner);
    for (int i = 0; i < IndexSet.CAPACITY / Long.SIZE; i++) {
      for (long rest = entry.indexes().word(i); rest != 0; rest &= rest - 1) {
        int index = (i << 6) + Long.numberOfTrailingZeros(rest);
        if (!beats(strength, owner, slot, index)) {
          continue;
        }
        log.note(index, phases[index], epochs[index], owner(index), phase, epoch, owner);
        if (phase == SETTLED) {
          settle(index);
          if (allSettled()) {
            dropArrays();
            return;
          }
        } else {
          slot = slot >= 0 ? slot : newSlot(owner, index);
          slots[index] = (byte) slot;
          phases[index] = (byte) phase;
          epochs[index] = epoch;
        }
      }
    }
  }

  private boolean beats(long strength, Id owner, int slot, int index) {
    if (allSettled()) {
      return false;
    }
    long current = strength(phases[index], epochs[index]);
    if (strength != current) {
      return strength > current;
    }
    if (phases[index] == SETTLED || (slots[index] & 0xff) == slot) {
      return false;
    }
    return beatsOwner(owner, index);
  }

  private boolean beatsOwner(Id owner, int index) {
    Id holder = owner(index);
    if (holder == null) {
      return true;
    }
    if (phases[index] != Phase.DONE.number()) {
      int byRank = Long.compareUnsigned(rank(batch, index, owner), rank(batch, index, holder));
      if (byRank != 0) {
        return byRank > 0;
      }
    }
    return owner.compareTo(holder) > 0;
  }

  /** Whether a register would rise by {@link #join}. */
  boolean isRaisedBy(Id owner, ClaimDelta.Entry entry) {
    long strength = strength(entry.phase().number(), entry.epoch());
    int slot = slotOf(owner);
    for (int i = 0; i < IndexSet.CAPACITY / Long.SIZE; i++) {
      for (long rest = entry.indexes().word(i); rest != 0; rest &= rest - 1) {
        if (beats(strength, owner, slot, (i << 6) + Long.numberOfTrailingZeros(rest))) {
          return true;
        }
      }
    }
    return false;
  }

  /** The tasks of which the registers say what {@code entry} of {@code owner} says. */
  IndexSet inForce(Id owner, ClaimDelta.Entry entry) {
    int phase = entry.phase().number();
    if (phase == SETTLED && !owner.equals(submitter)) {
      return IndexSet.EMPTY;
    }
    if (allSettled()) {
      return phase == SETTLED ? entry.indexes() : IndexSet.EMPTY;
    }
    int slot = phase == SETTLED ? 0 : slotOf(owner);
    long[] words = new long[IndexSet.CAPACITY / Long.SIZE];
    for (int i = 0; i < words.length; i++) {
      for (long rest = entry.indexes().word(i); rest != 0; rest &= rest - 1) {
        int index = (i << 6) + Long.numberOfTrailingZeros(rest);
        if (phases[index] == phase
            && epochs[index] == entry.epoch()
            && (slots[index] & 0xff) == slot) {
          words[i] |= 1L << index;
        }
      }
    }
    return IndexSet.ofWords(words);
  }

  private void settle(int index) {
    phases[index] = (byte) SETTLED;
    epochs[index] = 0;
    slots[index] = 0;
    settledCount++;
  }

  private void dropArrays() {
    epochs = new int[0];
    phases = new byte[0];
    slots = new byte[0];
    owners = new Id[0];
    ownerCount = 0;
  }

  private int slotOf(Id owner) {
    for (int slot = 0; slot < ownerCount; slot++) {
      if (owner.equals(owners[slot])) {
        return slot;
      }
    }
    return -1;
  }

  /** A slot for an owner that has none, and is about to own {@code index}. */
  private int newSlot(Id owner, int index) {
    if (ownerCount == count) {
      phases[index] = NONE; // its owner may have no other task: then its slot is free
      compact();
    }
    if (ownerCount == owners.length) {
      owners = Arrays.copyOf(owners, Math.max(OWNERS_MIN, Math.min(count, 2 * ownerCount)));
    }
    owners[ownerCount] = owner;
    return ownerCount++;
  }

  /** Drops the owners of nothing. */
  private void compact() {
    int[] moved = new int[ownerCount];
    for (int index = 0; index < count; index++) {
      if (phases[index] != NONE && phases[index] != SETTLED) {
        moved[slots[index] & 0xff] = 1;
      }
    }
    int kept = 0;
    for (int slot = 0; slot < moved.length; slot++) {
      if (moved[slot] == 1) {
        owners[kept] = owners[slot];
        moved[slot] = kept++;
      }
    }
    Arrays.fill(owners, kept, ownerCount, null);
    ownerCount = kept;
    for (int index = 0; index < count; index++) {
      if (phases[index] != NONE && phases[index] != SETTLED) {
        slots[index] = (byte) moved[slots[index] & 0xff];
      }
    }
  }

  /** The tasks in {@code phase}, of {@code owner} if one is given. */
  IndexSet in(Phase phase, @Nullable Id owner) {
    long[] words = new long[IndexSet.CAPACITY / Long.SIZE];
    for (int index = 0; index < count; index++) {
      if (phase(index) == phase.number() && (owner == null || owner.equals(owner(index)))) {
        words[index >> 6] |= 1L << index;
      }
    }
    return IndexSet.ofWords(words);
  }

  /** The tasks that nobody has claimed, or whose owner gave them up. */
  IndexSet free() {
    long[] words = new long[IndexSet.CAPACITY / Long.SIZE];
    for (int index = 0; index < count; index++) {
      if (phase(index) <= Phase.RELEASED.number()) {
        words[index >> 6] |= 1L << index;
      }
    }
    return IndexSet.ofWords(words);
  }

  /** All that the registers say, as what each owner would say of its own; owners ascend. */
  List<ClaimDelta> deltas() {
    List<Id> claimants = claimants();
    long[] keys = new long[count];
    int size = 0;
    for (int index = 0; index < count; index++) {
      Id owner = owner(index);
      if (owner != null) {
        long rank = claimants.indexOf(owner);
        keys[size++] = rank << 44 | ClaimDelta.key(Phase.of(phase(index)), epoch(index), index);
      }
    }
    Arrays.sort(keys, 0, size);
    List<ClaimDelta> deltas = new ArrayList<>();
    for (int from = 0; from < size; ) {
      int to = from;
      while (to < size && keys[to] >>> 44 == keys[from] >>> 44) {
        to++;
      }
      Id claimant = claimants.get((int) (keys[from] >>> 44));
      deltas.add(new ClaimDelta(batch, claimant, ClaimDelta.entries(keys, from, to)));
      from = to;
    }
    return deltas;
  }

  /** Those who own something, or did, and the submitter; each once, ascending. */
  private List<Id> claimants() {
    List<Id> claimants = new ArrayList<>();
    for (int slot = 0; slot < ownerCount; slot++) {
      Id owner = owners[slot];
      if (owner != null && !owner.equals(submitter)) {
        claimants.add(owner);
      }
    }
    claimants.add(submitter);
    claimants.sort(null);
    return claimants;
  }
}
