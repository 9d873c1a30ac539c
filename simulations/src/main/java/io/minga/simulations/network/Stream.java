package io.minga.simulations.network;

import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: when what is sent arrives, as over TCP.
 *
 * <p>Nothing vanishes and nothing overtakes. A lost packet comes a round trip later if three
 * packets behind it show the gap, else after the retransmission timeout, which doubles with each
 * further loss; and all that was sent behind it waits for it.
 */
final class Stream<F> {
  private static final long SECOND = 1_000_000_000L;

  /** What a packet carries, and what its headers take: TCP over IPv4 over Ethernet. */
  private static final int SEGMENT_BYTES = 1448;

  private static final int HEADER_BYTES = 66;

  /** The kernel's buffer: what is written into it counts as sent. */
  private static final int BUFFER_BYTES = 64 * 1024;

  private static final int DUPLICATE_ACKS = 3;
  private static final long TIMEOUT_MIN_NANOS = SECOND / 5;
  private static final long HEALING_MAX_NANOS = 10 * SECOND;

  final Connection<F> connection;
  final Host<F> from;
  final Host<F> to;
  private final LinkOptions options;
  private final long latencyNanos;
  private final RandomGenerator random;
  private final Faults faults;

  /** What could not leave because the link is cut; null if there never was anything. */
  private @Nullable ArrayDeque<Frame<F>> held;

  boolean isCut;
  private int heldBytes;
  private long freeNanos;
  private long lastArrivalNanos;

  Stream(
      Connection<F> connection,
      Host<F> from,
      Host<F> to,
      LinkOptions options,
      long latencyNanos,
      RandomGenerator random,
      Faults faults) {
    this.connection = connection;
    this.from = from;
    this.to = to;
    this.options = options;
    this.latencyNanos = latencyNanos;
    this.random = random;
    this.faults = faults;
  }

  /** What waits for a link to be mended, and whether it has left our buffers. */
  record Frame<F>(F content, int bytes, boolean isWritten) {}

  long latencyNanos() {
    return latencyNanos;
  }

  /** Keeps {@code frame} until the link is mended; whether it has left our buffers. */
  boolean hold(F frame, int bytes) {
    heldBytes += bytes;
    boolean isWritten = heldBytes <= BUFFER_BYTES;
    ArrayDeque<Frame<F>> waiting = held == null ? new ArrayDeque<>(1) : held;
    held = waiting;
    waiting.add(new Frame<>(frame, bytes, isWritten));
    return isWritten;
  }

  /** What is held, which is not any more. */
  List<Frame<F>> release() {
    List<Frame<F>> released = held == null ? List.of() : List.copyOf(held);
    held = null;
    return released;
  }

  /** Begins to send what is held, when TCP next tries again. */
  void mend(long nowNanos, long outageNanos) {
    long waitNanos = Math.min(outageNanos, HEALING_MAX_NANOS);
    freeNanos = nowNanos + (waitNanos <= 0 ? 0 : random.nextLong(waitNanos));
    heldBytes = 0;
  }

  /** When {@code bytes} that are sent now arrive, or -1 if they are lost too often. */
  long arrivalNanos(long nowNanos, int bytes) {
    int packets = (bytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES;
    long repairNanos = 0;
    long overtakenNanos = 0;
    int doubled = 0;
    for (int packet = 0; packet < packets; packet++) {
      repairNanos = Math.max(repairNanos, repairNanos(packets - packet - 1));
      if (happens(options.duplication(), Fault.DUPLICATION)) {
        doubled++;
      }
      if (happens(options.reordering(), Fault.REORDERING)) {
        overtakenNanos = Math.max(overtakenNanos, latencyNanos / 4);
      }
    }
    if (repairNanos >= options.breakNanos()) {
      return -1;
    }
    long onWire = bytes + (long) HEADER_BYTES * packets + (long) SEGMENT_BYTES * doubled;
    freeNanos = Math.max(freeNanos, nowNanos) + onWire * SECOND / options.bytesPerSecond();
    long jitterNanos = options.jitterNanos() == 0 ? 0 : random.nextLong(options.jitterNanos() + 1);
    long arrivalNanos = freeNanos + latencyNanos + jitterNanos + overtakenNanos + repairNanos;
    lastArrivalNanos = Math.max(lastArrivalNanos, arrivalNanos);
    return lastArrivalNanos;
  }

  private long repairNanos(int packetsBehind) {
    long roundTripNanos = 2 * latencyNanos;
    long timeoutNanos = roundTripNanos + TIMEOUT_MIN_NANOS;
    long repairNanos = 0;
    boolean isSeen = packetsBehind >= DUPLICATE_ACKS;
    while (repairNanos < options.breakNanos() && happens(options.loss(), Fault.LOSS)) {
      repairNanos += isSeen ? roundTripNanos : timeoutNanos;
      timeoutNanos *= isSeen ? 1 : 2;
      isSeen = false;
    }
    return repairNanos;
  }

  private boolean happens(double share, Fault fault) {
    if (share > 0 && random.nextDouble() < share) {
      faults.struck(fault);
      return true;
    }
    return false;
  }

  /** When the last byte of what is sent arrives: a close comes behind it. */
  long closeArrivalNanos(long nowNanos) {
    lastArrivalNanos = Math.max(lastArrivalNanos, nowNanos + latencyNanos);
    return lastArrivalNanos;
  }

  /** When what was just sent has left our buffers: now, if the kernel's has room. */
  long writtenNanos(long nowNanos) {
    long bufferNanos = BUFFER_BYTES * SECOND / options.bytesPerSecond();
    return Math.max(nowNanos, freeNanos - bufferNanos);
  }
}
