package io.minga.benchmarks.tasks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls one at a time, so many under way at any time. */
final class Flight {
  /** How many are under way. */
  static final int WIDTH = 1000;

  private static final int PATIENCE_SECONDS = 60;

  private final Grid grid;
  private final Task task;
  private final Semaphore room = new Semaphore(WIDTH);
  private volatile @Nullable Throwable failure;

  Flight(Grid grid, Task task) {
    this.grid = grid;
    this.task = task;
  }

  /** Makes one more call when there is room for it. */
  void call(int argument) {
    acquire(1);
    CompletableFuture<Integer> future = grid.call(task, argument);
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
  void settle() {
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

  /** Calls with 0 to {@code count} − 1; the stream's elements come once all have come back. */
  static Stream<Integer> results(Grid grid, Task task, int count) {
    Flight flight = new Flight(grid, task);
    for (int i = 0; i < count; i++) {
      flight.call(i);
    }
    flight.settle();
    return IntStream.range(0, count).boxed();
  }
}
