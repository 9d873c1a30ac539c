package io.minga.node.core;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Values of tasks whose equals have equal results, by the task's CID: the latest used ones, up to a
 * number of bytes. Failures aren't remembered, nor values that go by CID, whose content may be
 * gone.
 *
 * <p>What another peer computed answers this peer's own callers, who chose to believe it; others
 * are answered with what ran here, so that nobody's word is passed on as this peer's own.
 */
final class Remembered {
  /** What an entry takes besides its value: the CID, the objects and their places, roughly. */
  static final int ENTRY_BYTES = 400;

  private final long bytesMax;
  private final LinkedHashMap<Cid, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * A value.
   *
   * @param ranHere whether this peer ran the task itself
   * @param runMicros how long it ran
   */
  record Known(Outcome.Value value, boolean ranHere, long runMicros) {
    long bytes() {
      return value.payload().sizeBytes() + ENTRY_BYTES;
    }
  }

  Remembered(NodeOptions options) {
    this.bytesMax = options.limits().memoBytesMax();
  }

  /** What is known of a task, by whomever. */
  @Nullable Known get(Cid task) {
    return known.get(task);
  }

  /** A task has ended, here or elsewhere. */
  void put(Cid task, Outcome outcome, boolean ranHere, long runMicros) {
    if (!(outcome instanceof Outcome.Value value)
        || !(value.payload() instanceof Payload.Inline inline)) {
      return;
    }
    Known before = known.get(task);
    if (before != null && before.ranHere && !ranHere) {
      return;
    }
    // A value is a part of the frame that it came in, which would be kept for its sake.
    Outcome.Value own = new Outcome.Value(Payload.of(inline.toBytes()));
    Known fresh = new Known(own, ranHere, runMicros);
    known.put(task, fresh);
    bytes += fresh.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Known> oldest = known.values().iterator();
    while (bytes > bytesMax && oldest.hasNext()) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }
}
