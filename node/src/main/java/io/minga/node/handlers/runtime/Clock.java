package io.minga.node.handlers.runtime;

import io.minga.libp2p.netty.Headroom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that looks after time for all slots. It sleeps until the earliest moment that
 * somebody named, looks, and sleeps again; whoever has a later moment in mind doesn't wake it.
 */
final class Clock implements Runnable {
  /** A moment that doesn't come. */
  static final long NEVER = Long.MAX_VALUE;

  /** What is looked at. */
  interface Watched {
    /** Does what is due; when there is something to do next, or {@link #NEVER}. */
    long tick(long nowNanos);
  }

  private final long originNanos = System.nanoTime();
  private final AtomicLong wakeNanos = new AtomicLong(NEVER);
  private final Watched watched;
  private final Thread thread;
  private final Headroom headroom = new Headroom();
  private volatile boolean stopped;

  Clock(Watched watched) {
    this.watched = watched;
    this.thread = new Thread(this, "minga-slots-clock");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  /** Since this clock was made, so that moments compare as numbers. */
  long nowNanos() {
    return System.nanoTime() - originNanos;
  }

  /** The moment {@code delayNanos} after {@code nowNanos}. */
  static long after(long nowNanos, long delayNanos) {
    return delayNanos >= NEVER - nowNanos ? NEVER : nowNanos + delayNanos;
  }

  /**
   * Has the clock look at {@code nanos} at the latest. What it should find then must be visible
   * before the call: either the look that is going on finds it, or this makes another.
   */
  void wakeBy(long nanos) {
    for (long wake = wakeNanos.get(); nanos < wake; wake = wakeNanos.get()) {
      if (wakeNanos.compareAndSet(wake, nanos)) {
        LockSupport.unpark(thread);
        return;
      }
    }
  }

  @Override
  public void run() {
    while (!stopped) {
      long wake = wakeNanos.get();
      long now = nowNanos();
      if (now < wake) {
        if (wake == NEVER) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, wake - now);
        }
      } else {
        wakeNanos.set(NEVER); // before looking, so that nothing that comes meanwhile is missed
        headroom.await(); // who would end what takes too long, if not this thread?
        wakeBy(watched.tick(now));
      }
    }
  }
}
