package io.minga.cli.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Calls one at a time, so many under way at any time, each of which gives back its argument. */
public final class Flight {
  /** How many are under way. */
  public static final int WIDTH = 1000;

  private static final int PATIENCE_SECONDS = 60;
  private static final int PER_LOOK = 64;

  private final IntFunction<CompletableFuture<Integer>> calls;
  private final Semaphore room = new Semaphore(WIDTH);
  private volatile @Nullable Throwable failure;

  /** None is under way yet. */
  public Flight(IntFunction<CompletableFuture<Integer>> calls) {
    this.calls = calls;
  }

  /** Makes calls for about {@code nanos}; how many ended a second. */
  public static double perSecond(IntFunction<CompletableFuture<Integer>> calls, long nanos) {
    Flight flight = new Flight(calls);
    long startNanos = System.nanoTime();
    int made = 0;
    do {
      for (int i = 0; i < PER_LOOK; i++) {
        flight.call(made++);
      }
    } while (System.nanoTime() - startNanos < nanos);
    flight.settle();
    return made * 1e9 / (System.nanoTime() - startNanos);
  }

  /** Makes one more call when there is room for it. */
  public void call(int argument) {
    acquire(1);
    CompletableFuture<Integer> future = calls.apply(argument);
    future.whenComplete(
        (result, thrown) -> {
          if (thrown != null) {
            failure = thrown;
          } else if (result != argument) {
            failure = new IllegalStateException(argument + " came back as " + result);
          }
          room.release();
        });
  }

  /** Waits until all have come back; fails if one did not as it should. */
  public void settle() {
    acquire(WIDTH);
    room.release(WIDTH);
    Throwable thrown = failure;
    if (thrown != null) {
      throw new IllegalStateException("a call failed", thrown);
    }
  }

  private void acquire(int permits) {
    try {
      if (!room.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no result for " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while waiting for results", e);
    }
  }
}
