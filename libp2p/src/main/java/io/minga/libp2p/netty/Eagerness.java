package io.minga.libp2p.netty;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How a thread waits that has nothing to do. To fall asleep and be woken takes longer than most
 * answers do, so it first looks again and again for a moment, giving way to every other thread. It
 * does so as long as that pays, which is while what it waits for mostly comes within the moment.
 * Otherwise it sleeps at once, and tries again now and then, so that a busy machine loses nothing
 * by it. For one thread.
 *
 * <pre>{@code
 * while (nothing is there && eagerness.looksAgain()) {}
 * sleep, if nothing is there
 * eagerness.found();
 * }</pre>
 */
public final class Eagerness {
  private static final long MOMENT_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** How often it looks in vain, at least, after it paid for long. */
  private static final int CREDIT_MAX = 8;

  private static final int GAIN = 2;
  private static final int LOSS = 4;

  /** One of so many waits is a try, when it doesn't pay. */
  private static final int TRY_EVERY = 64;

  private final LongSupplier clock;
  private int credit;
  private int waits;
  private boolean waiting;
  private boolean looking;
  private long sinceNanos;

  public Eagerness() {
    this(System::nanoTime);
  }

  Eagerness(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Nothing is there.
   *
   * @return whether to look again, rather than sleep; others had their turn meanwhile
   */
  @SuppressWarnings("ThreadPriorityCheck") // that others go first is the point
  public boolean looksAgain() {
    if (!waiting) {
      waiting = true;
      looking = credit > 0 || ++waits % TRY_EVERY == 0;
      sinceNanos = looking ? clock.getAsLong() : 0;
      return looking;
    }
    if (looking && clock.getAsLong() - sinceNanos >= MOMENT_NANOS) {
      looking = false;
      credit = Math.max(0, credit - LOSS);
    }
    if (looking) {
      Thread.yield();
    }
    return looking;
  }

  /** Something is there. */
  public void found() {
    if (waiting && looking) {
      credit = Math.min(CREDIT_MAX, credit + GAIN);
    }
    waiting = false;
  }
}
