package io.minga.node.handlers.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launchers of one program, as many as run at once; those that are idle for a while end. Safe
 * for any thread.
 */
final class Launchers {
  private static final Logger LOG = LoggerFactory.getLogger(Launchers.class);

  private final List<String> words;
  private final ProgramLimits limits;
  private final Duration idle;

  // Guarded by this.
  private final Deque<Idle> resting = new ArrayDeque<>();
  private boolean looking;

  private record Idle(Launcher launcher, long sinceNanos) {}

  Launchers(List<String> words, ProgramLimits limits, Duration idle) {
    this.words = List.copyOf(words);
    this.limits = limits;
    this.idle = idle;
  }

  /** One for the caller alone, until it is given back. */
  Launcher take() throws IOException {
    for (Idle next = poll(); next != null; next = poll()) {
      if (next.launcher().isFit()) {
        return next.launcher();
      }
      next.launcher().close();
    }
    return Launcher.start(words, limits);
  }

  private synchronized @Nullable Idle poll() {
    return resting.pollFirst();
  }

  /** It is ready for the next, or is ended. */
  void giveBack(Launcher launcher) {
    if (!launcher.isFit()) {
      end(launcher);
      return;
    }
    try {
      launcher.scratch().renew();
    } catch (IOException e) {
      LOG.warn("a command's directory could not be cleared: {}", e.toString());
      end(launcher);
      return;
    }
    synchronized (this) {
      resting.addFirst(new Idle(launcher, System.nanoTime()));
      lookLater();
    }
  }

  private static void end(Launcher launcher) {
    if (launcher.hasAnswered()) {
      launcher.close();
    } else {
      launcher.kill();
    }
  }

  private void lookLater() {
    if (!looking) {
      looking = true;
      CompletableFuture.delayedExecutor(idle.toMillis(), TimeUnit.MILLISECONDS).execute(this::look);
    }
  }

  /** Ends those that have been idle for long enough. */
  private void look() {
    List<Launcher> tired = new ArrayList<>();
    synchronized (this) {
      looking = false;
      long now = System.nanoTime();
      while (!resting.isEmpty() && now - resting.getLast().sinceNanos() - idle.toNanos() >= 0) {
        tired.add(resting.removeLast().launcher());
      }
      if (!resting.isEmpty()) {
        lookLater();
      }
    }
    tired.forEach(Launcher::close);
  }
}
