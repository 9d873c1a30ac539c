package io.minga.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** The bytes of heap that are alive. */
public final class LiveHeap {
  private static final int SETTLED_BYTES = 1 << 20;
  private static final int SETTLE_MILLIS = 200;
  private static final int SETTLE_TIMES = 100;

  private LiveHeap() {}

  /** What another process says of its heap. */
  @FunctionalInterface
  public interface Other {
    /** The bytes that are alive there. */
    long bytes() throws IOException;
  }

  /** The bytes that are alive in this process. */
  @SuppressWarnings("SystemGc") // it is what is measured
  public static long bytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** What is alive here and there, once nothing moves any more. */
  public static long settled(Other other) throws IOException, InterruptedException {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < SETTLE_TIMES; i++) {
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      long bytes = bytes() + other.bytes();
      if (Math.abs(bytes - last) <= SETTLED_BYTES) {
        return bytes;
      }
      last = bytes;
    }
    throw new IllegalStateException("what is queued still moves");
  }
}
