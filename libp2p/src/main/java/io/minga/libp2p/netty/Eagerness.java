package io.minga.libp2p.netty;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How a thread waits that has nothing to do. To fall asleep and be woken takes longer than most
 * answers do, so it first looks again and again for a moment, giving way to every other thread. It
 * does so as long as that pays: while what it waits for mostly comes within the moment, and the
 * thread waits for longer than it then works. Otherwise it sleeps at once, and tries again now and
 * then. So a busy machine loses nothing by it, and what comes fast is taken by many, not by ones.
 * For one thread.
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

  /** Whether what is worked at was found by looking, how long that took, and when it was. */
  private boolean found;

  private long lookedNanos;
  private long foundNanos;

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
      begin();
      return looking;
    }
    if (looking && clock.getAsLong() - sinceNanos >= MOMENT_NANOS) {
      looking = false;
      paid(false);
    }
    if (looking) {
      Thread.yield();
    }
    return looking;
  }

  private void begin() {
    waiting = true;
    if (found) {
      found = false;
      paid(clock.getAsLong() - foundNanos < lookedNanos);
    }
    looking = credit > 0 || ++waits % TRY_EVERY == 0;
    sinceNanos = looking ? clock.getAsLong() : 0;
  }

  private void paid(boolean does) {
    credit = does ? Math.min(CREDIT_MAX, credit + GAIN) : Math.max(0, credit - LOSS);
  }

  /** Something is there. */
  public void found() {
    if (waiting && looking) {
      found = true;
      foundNanos = clock.getAsLong();
      lookedNanos = foundNanos - sinceNanos;
    }
    waiting = false;
  }

  /** Much is there at once: nobody waits for the first of it alone. */
  public void foundMuch() {
    waiting = false;
    found = false;
    credit = 0;
  }
}
