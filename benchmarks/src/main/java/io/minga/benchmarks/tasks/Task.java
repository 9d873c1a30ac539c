package io.minga.benchmarks.tasks;

import java.util.concurrent.CountDownLatch;

/** What the server runs. */
enum Task {
  /** Gives back its argument. */
  ECHO,
  /** The same, once the server has been told {@link Server#OPEN}. */
  GATED;

  /** Opened once in a process's life. */
  static final CountDownLatch GATE = new CountDownLatch(1);

  int run(int argument) throws InterruptedException {
    if (this == GATED) {
      GATE.await();
    }
    return argument;
  }
}
