package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers the {@link Changes} of one batch while its registers rise; used again for the next. */
final class ChangeLog {
  private static final int WORDS = IndexSet.CAPACITY / Long.SIZE;

  private final Id self;
  private final long[] changed = new long[WORDS];
  private final long[] gained = new long[WORDS];
  private final long[] lost = new long[WORDS];
  private final long[] taken = new long[WORDS];
  private final long[] freed = new long[WORDS];
  private final long[] done = new long[WORDS];
  private final long[] settled = new long[WORDS];
  private int jumps;
  private int jumpMax;

  ChangeLog(Id self) {
    this.self = self;
  }

  /** Notes that a register rose; the first three say what it was, the last three what it is. */
  void note(
      int index,
      int oldPhase,
      int oldEpoch,
      @Nullable Id oldOwner,
      int phase,
      int epoch,
      Id owner) {
    int word = index >> 6;
    long bit = 1L << index;
    changed[word] |= bit;
    boolean had = oldPhase == Phase.HELD.number() && self.equals(oldOwner);
    boolean own = self.equals(owner);
    if (had && !own) {
      lost[word] |= bit;
    }
    switch (Phase.of(phase)) {
      case RELEASED -> freed[word] |= bit;
      case DONE -> done[word] |= bit;
      case SETTLED -> settled[word] |= bit;
      case HELD -> {
        if (!own) {
          taken[word] |= bit;
        } else if (!had) {
          gained[word] |= bit;
        }
      }
    }
    int explained = phase == Phase.RELEASED.number() ? 2 : 1;
    int excess = epoch - explained - oldEpoch; // both are ≥ 0, so this can't overflow
    if (excess > 0) {
      jumps++;
      jumpMax = Math.max(jumpMax, excess);
    }
  }

  /** What was noted since the last call. */
  Changes take(Id batch) {
    Changes changes =
        new Changes(
            batch,
            IndexSet.ofWords(changed),
            IndexSet.ofWords(gained),
            IndexSet.ofWords(lost),
            IndexSet.ofWords(taken),
            IndexSet.ofWords(freed),
            IndexSet.ofWords(done),
            IndexSet.ofWords(settled),
            jumps,
            jumpMax);
    for (long[] words : new long[][] {changed, gained, lost, taken, freed, done, settled}) {
      Arrays.fill(words, 0);
    }
    jumps = 0;
    jumpMax = 0;
    return changes;
  }
}
