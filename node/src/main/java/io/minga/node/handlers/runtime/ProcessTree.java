package io.minga.node.handlers.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** A process and its descendants. */
final class ProcessTree {
  /** How long a killed process may take to go; one that hangs in the kernel goes when it can. */
  private static final long GONE_MILLIS_MAX = 500;

  private ProcessTree() {}

  /**
   * Kills what lives of them, parents first, so that none goes on because its child is gone.
   * Descendants whose parent was gone before have no tie to the process any more and aren't found.
   */
  static void kill(Process process) {
    if (!process.isAlive()) {
      return;
    }
    ArrayDeque<ProcessHandle> left = new ArrayDeque<>();
    left.add(process.toHandle());
    for (ProcessHandle next = left.poll(); next != null; next = left.poll()) {
      next.children().forEach(left::add); // asked while it lives, then nobody knows them
      next.destroyForcibly();
    }
    awaitGone(process);
  }

  private static void awaitGone(Process process) {
    boolean interrupted = Thread.interrupted(); // it is why we kill; waiting is still wanted
    try {
      boolean unused = process.waitFor(GONE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
