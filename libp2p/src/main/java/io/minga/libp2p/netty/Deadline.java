package io.minga.libp2p.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer on an event loop for many deadlines: armed for the earliest that anyone named since it
 * last fired. A deadline that moved away costs one idle tick, not a cancelled timer. Owned by its
 * event loop.
 */
final class Deadline {
  private final EventLoop eventLoop;
  private final Runnable tick;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;

  /**
   * A timer that runs {@code tick} on {@code eventLoop}; the tick arms it again if there is more to
   * wait for.
   */
  Deadline(EventLoop eventLoop, Runnable tick) {
    this.eventLoop = eventLoop;
    this.tick = tick;
  }

  /** Ticks at {@code deadlineNanos} or before; {@link Long#MAX_VALUE} is never. */
  void arm(long deadlineNanos) {
    if (deadlineNanos == Long.MAX_VALUE) {
      return;
    }
    ScheduledFuture<?> armed = timer;
    if (armed != null) {
      if (deadlineNanos - timerNanos >= 0) {
        return;
      }
      armed.cancel(false);
    }
    timerNanos = deadlineNanos;
    long delayNanos = Math.max(0, deadlineNanos - System.nanoTime());
    timer = eventLoop.schedule(this::fire, delayNanos, TimeUnit.NANOSECONDS);
  }

  void cancel() {
    ScheduledFuture<?> armed = timer;
    timer = null;
    if (armed != null) {
      armed.cancel(false);
    }
  }

  private void fire() {
    timer = null;
    tick.run();
  }
}
