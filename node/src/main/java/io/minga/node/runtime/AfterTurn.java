package io.minga.node.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What hangs on results: handed over to other threads when a turn of the loop ends. The loop's, and
 * any thread's once it has ended.
 */
final class AfterTurn {
  private static final Logger LOG = LoggerFactory.getLogger(AfterTurn.class);
  private static final int ACTIONS_PER_TASK = 256;

  private final Executor executor;
  private List<Runnable> actions = new ArrayList<>();
  private volatile boolean ended;

  AfterTurn(Executor executor) {
    this.executor = executor;
  }

  void add(Runnable action) {
    if (ended) { // there may be no other threads any more
      runQuietly(action);
      return;
    }
    actions.add(action);
    if (actions.size() == ACTIONS_PER_TASK) {
      flush();
    }
  }

  /** Hands over what was added. */
  void flush() {
    if (!actions.isEmpty()) {
      List<Runnable> some = actions;
      actions = new ArrayList<>();
      executor.execute(() -> some.forEach(AfterTurn::runQuietly));
    }
  }

  /** What is added from now on runs at once. */
  void end() {
    ended = true;
  }

  private static void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("a result could not be given to its caller", e);
    }
  }
}
