package io.minga.simulations.node;

/** A promise of the node's did not hold. */
public final class BrokenPromiseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int task;

  /**
   * What did not hold.
   *
   * @param task the task concerned, or -1
   */
  public BrokenPromiseException(int task, String message) {
    super(task < 0 ? message : "task " + task + ": " + message);
    this.task = task;
  }

  /** The task concerned, or -1. */
  public int task() {
    return task;
  }
}
