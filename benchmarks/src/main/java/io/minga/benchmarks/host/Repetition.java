package io.minga.benchmarks.host;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Does something asynchronous again and again, so many at a time, for a while. */
final class Repetition {
  private static final long PATIENCE_SECONDS = 60;

  private final Supplier<CompletableFuture<?>> operation;
  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;
  private final AtomicInteger running;
  private final AtomicInteger done = new AtomicInteger();
  private final CompletableFuture<Double> perSecond = new CompletableFuture<>();

  private Repetition(int atOnce, long nanos, Supplier<CompletableFuture<?>> operation) {
    this.operation = operation;
    this.deadlineNanos = startNanos + nanos;
    this.running = new AtomicInteger(atOnce);
  }

  /** How many a second are done when {@code atOnce} of them are under way at any time. */
  static double perSecond(int atOnce, long nanos, Supplier<CompletableFuture<?>> operation)
      throws Exception {
    Repetition repetition = new Repetition(atOnce, nanos, operation);
    for (int i = 0; i < atOnce; i++) {
      repetition.next();
    }
    return repetition.perSecond.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void next() {
    operation.get().whenComplete((result, failure) -> ended(failure));
  }

  private void ended(Throwable failure) {
    if (failure != null) {
      perSecond.completeExceptionally(failure);
      return;
    }
    int count = done.incrementAndGet();
    long nowNanos = System.nanoTime();
    if (deadlineNanos - nowNanos > 0) {
      next();
    } else if (running.decrementAndGet() == 0) {
      perSecond.complete(count * 1e9 / (nowNanos - startNanos));
    }
  }
}
