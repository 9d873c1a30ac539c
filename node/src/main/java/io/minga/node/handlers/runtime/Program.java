package io.minga.node.handlers.runtime;

import java.util.concurrent.TimeUnit;

/** A program that runs. */
interface Program {
  /** Waits so long for its end; whether it has ended. */
  boolean hasEnded(long millis) throws InterruptedException;

  /** How it ended, as shells tell it. */
  int exitCode();

  /** Kills it with its descendants, if it hasn't ended. */
  void kill();

  /** A process of its own. */
  record Alone(Process process) implements Program {
    @Override
    public boolean hasEnded(long millis) throws InterruptedException {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public int exitCode() {
      return process.exitValue();
    }

    @Override
    public void kill() {
      ProcessTree.kill(process);
    }
  }
}
