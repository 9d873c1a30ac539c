package io.minga.cli.control;

/**
 * How many calls may be open at once, so that their results need no more than so much memory even
 * if nobody takes them for a while. Safe for any thread.
 *
 * <p>How large results are shows only when they come, so the window begins small, opens wide once
 * some have come, and narrows with the largest of them. Where there are many slots it is wide
 * enough for all of them from the beginning, for they may be slow.
 */
public final class Window {
  private static final int FIRST = 256;
  private static final int OVERHEAD_BYTES = 1 << 10;

  private static final int CALLS_MOST = 1 << 16;

  private final long bytesMax;
  private int callsMax;
  private int first = FIRST;
  private int open;
  private long came;
  private long largestBytes;

  /** A window of at most {@code callsMax} calls, and of about {@code bytesMax} of their results. */
  public Window(int callsMax, long bytesMax) {
    this.callsMax = callsMax;
    this.bytesMax = bytesMax;
  }

  /** Says how many slots there are for the calls: each has one, and another that waits. */
  public synchronized void follow(int slots) {
    int calls = (int) Math.min(CALLS_MOST, 2L * slots);
    if (calls > FIRST) {
      first = Math.max(first, calls);
      callsMax = Math.max(callsMax, 2 * calls);
      notifyAll();
    }
  }

  /**
   * Waits until there is room, and takes it.
   *
   * @param weight as how many calls it counts; it is never too heavy when nothing else is open
   */
  public synchronized void enter(int weight) throws InterruptedException {
    while (open > 0 && open + weight > allowed()) {
      wait();
    }
    open += weight;
  }

  /** Says how large a result is that has come; its call stays open. */
  public synchronized void came(long bytes) {
    came++;
    largestBytes = Math.max(largestBytes, bytes);
    notifyAll();
  }

  /** What took so much room is over, and its result out of memory. */
  public synchronized void leave(int weight) {
    open -= weight;
    notifyAll();
  }

  /** How many calls are open. */
  public synchronized int open() {
    return open;
  }

  private int allowed() {
    long bySize = Math.max(1, bytesMax / (largestBytes + OVERHEAD_BYTES));
    return (int) Math.min(came < first ? Math.min(first, callsMax) : callsMax, bySize);
  }
}
