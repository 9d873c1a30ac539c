package io.minga.libp2p.netty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory that a loop needs for what it does next. A handler that hoards takes what the whole
 * JVM has, and then it is chance which thread gets none; a loop that is broken off in the middle of
 * something ends the peer. So loops go on only with room to spare: they wait, the hoarder goes on
 * alone, and it is the hoarder that fails. For one thread.
 */
public final class Headroom {
  private static final int CHUNK_BYTES = 64 << 10;

  /** A part of all memory, so that nobody has taken it before a loop is through. */
  private static final int SHARE = 8;

  private static final int CHUNKS_MIN = 64;
  private static final int CHUNKS_MAX = 256;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Memory that doesn't come back for so long is somebody's for good. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final byte[][] NONE = {};

  private final Runtime runtime = Runtime.getRuntime();

  /** Asked for once, since each turn of each loop looks. */
  private final long maxBytes = runtime.maxMemory();

  private final int chunks =
      (int) Math.max(CHUNKS_MIN, Math.min(CHUNKS_MAX, maxBytes / SHARE / CHUNK_BYTES));

  /** What {@link #found} has got: not a local variable, which a compiler may do without. */
  private byte[][] got = NONE;

  /**
   * Waits until an eighth of all memory is free, of 4 to 16 MiB, for ten seconds at most: then it
   * is for the caller to fail.
   */
  public void await() {
    if (plenty() || found()) {
      return;
    }
    long since = System.nanoTime();
    do {
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (!found() && System.nanoTime() - since < PATIENCE_NANOS);
  }

  private boolean plenty() {
    return maxBytes - runtime.totalMemory() + runtime.freeMemory() > 2L * chunks * CHUNK_BYTES;
  }

  /** Whether the JVM has it, once it has looked for it as hard as it can. */
  private boolean found() {
    try {
      got = new byte[chunks][];
      for (int i = 0; i < chunks; i++) {
        got[i] = new byte[CHUNK_BYTES];
      }
      return true;
    } catch (OutOfMemoryError e) {
      return false; // this is the question, and the answer
    } finally {
      got = NONE;
    }
  }
}
