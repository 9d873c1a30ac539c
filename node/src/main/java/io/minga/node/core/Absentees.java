package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Submitters that are gone, of whom there are durable batches here: those are run, and their
 * outcomes are kept, until their time is over. What else such a submitter gave is dropped.
 */
final class Absentees {
  /** How often is looked for what is over of submitters that are gone. */
  private static final long EXPIRE_NANOS = 10_000_000_000L;

  private final BatchTable table;
  private final Turn turn;
  private final Drops drops;
  private final Set<PeerId> absent = new LinkedHashSet<>();
  private long expireNanos;

  /** Drops all that is here of a batch, and says so. */
  @FunctionalInterface
  interface Drops {
    void drop(long nowNanos, Held held, String why);
  }

  Absentees(BatchTable table, Turn turn, Drops drops) {
    this.table = table;
    this.turn = turn;
    this.drops = drops;
  }

  /** A submitter is gone. */
  void gone(long nowNanos, PeerId submitter) {
    for (Held held : table.of(submitter)) {
      if (held.policy().durable() && held.tenure == null) {
        absent.add(submitter);
        continue;
      }
      drops.drop(nowNanos, held, "its submitter is gone");
    }
  }

  /** A submitter is back. */
  void back(PeerId submitter) {
    absent.remove(submitter);
  }

  /** Drops what is kept for submitters that are gone, when its time is over. */
  void expire(long nowNanos) {
    if (absent.isEmpty() || expireNanos - nowNanos > 0) {
      return;
    }
    expireNanos = nowNanos + EXPIRE_NANOS;
    for (PeerId submitter : List.copyOf(absent)) {
      for (Held held : table.of(submitter)) {
        if (held.batch.header().expiresAtMillis() <= turn.nowMillis()) {
          drops.drop(nowNanos, held, "its time is over");
        }
      }
      if (!table.has(submitter)) {
        absent.remove(submitter);
      }
    }
  }

  /** Whether all that is here is kept for submitters that are gone. */
  boolean haveAll() {
    for (Held held : table.batches()) {
      if (!held.policy().durable() || !absent.contains(held.submitter)) {
        return false;
      }
    }
    return true;
  }

  long nextDeadlineNanos(long never) {
    return absent.isEmpty() || never - expireNanos <= 0 ? never : expireNanos;
  }
}
