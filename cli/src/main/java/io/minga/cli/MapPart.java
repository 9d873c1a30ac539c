package io.minga.cli;

import io.minga.cli.control.Daemon;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lines that were handed out together, and what came of them. Safe for any thread. */
final class MapPart {
  private final long[] lines;
  private final Daemon.@Nullable Ended[] ended;
  private final Consumer<List<Daemon.Ended>> watcher;
  private final Consumer<MapPart> over;
  private CompletableFuture<Void> all = new CompletableFuture<>();
  private @Nullable Throwable failure;

  /**
   * A part that is not handed out yet.
   *
   * @param lines the numbers of its lines
   * @param watcher told what comes, as it comes
   * @param over told when nothing more comes
   */
  MapPart(List<Long> lines, Consumer<List<Daemon.Ended>> watcher, Consumer<MapPart> over) {
    this.lines = lines.stream().mapToLong(Long::longValue).toArray();
    this.ended = new Daemon.@Nullable Ended[lines.size()];
    this.watcher = watcher;
    this.over = over;
  }

  /** Hands it out. */
  void start(Supplier<CompletableFuture<Void>> handOut) {
    CompletableFuture<Void> asked;
    try {
      asked = handOut.get();
    } catch (IllegalArgumentException e) { // too large, perhaps
      asked = lines.length == 1 ? refused(e) : CompletableFuture.failedFuture(e);
    }
    synchronized (this) {
      all = asked;
    }
    asked.whenComplete((nothing, thrown) -> ended(thrown));
  }

  private CompletableFuture<Void> refused(IllegalArgumentException why) {
    Daemon.Failed failed =
        new Daemon.Failed("BAD_INPUT", String.valueOf(why.getMessage()), null, null, 0, "");
    came(List.of(new Daemon.Ended(0, null, failed)));
    return CompletableFuture.completedFuture(null);
  }

  /** Calls have ended. */
  void came(List<Daemon.Ended> calls) {
    synchronized (this) {
      for (Daemon.Ended call : calls) {
        ended[call.index()] = call;
      }
      notifyAll();
    }
    watcher.accept(calls);
  }

  private void ended(@Nullable Throwable thrown) {
    synchronized (this) {
      failure = thrown;
      notifyAll();
    }
    over.accept(this);
  }

  void cancel() {
    CompletableFuture<Void> asked;
    synchronized (this) {
      asked = all;
    }
    asked.cancel(true);
  }

  int size() {
    return lines.length;
  }

  /** The number of a line in its file, from 1. */
  long line(int index) {
    return lines[index];
  }

  synchronized boolean hasEnded(int index) {
    return ended[index] != null;
  }

  /** Waits until a line's call has ended; how it did is forgotten here. */
  synchronized Daemon.Ended take(int index) throws Failure, InterruptedException {
    while (true) {
      Daemon.Ended call = ended[index];
      if (call != null) {
        ended[index] = null;
        return call;
      }
      if (failure != null) {
        throw failure(failure);
      }
      wait();
    }
  }

  private static Failure failure(Throwable thrown) {
    Throwable cause = thrown.getCause();
    Throwable reason = thrown instanceof CompletionException && cause != null ? cause : thrown;
    if (reason instanceof CancellationException) {
      return new Failure("the job was cancelled");
    }
    return reason instanceof Exception exception
        ? new Failure(exception)
        : new Failure(thrown + "");
  }
}
