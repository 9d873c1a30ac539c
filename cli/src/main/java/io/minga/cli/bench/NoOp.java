package io.minga.cli.bench;

import java.util.concurrent.CountDownLatch;

/** A task that costs nothing. */
public enum NoOp {
  /** Gives back its argument. */
  ECHO,
  /** The same, once the process has been told to {@link #open}. */
  GATED;

  /** Opened once in a process's life. */
  private static final CountDownLatch GATE = new CountDownLatch(1);

  /** Lets gated tasks go. */
  public static void open() {
    GATE.countDown();
  }

  /** Runs it. */
  public int run(int argument) throws InterruptedException {
    if (this == GATED) {
      GATE.await();
    }
    return argument;
  }
}
