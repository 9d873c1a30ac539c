package io.minga.simulations.rig;

import java.util.List;

/**
 * What came of a history.
 *
 * @param violations of what must hold whatever fails
 * @param unfinished what has not come to its end yet, which is no violation by itself
 * @param acknowledged how many tasks were taken
 * @param unknown how many may have been
 * @param refused how many were refused
 * @param ended how many of those taken have an outcome
 * @param failed how many of these are failures
 * @param again how many runs there were beyond one for each task that ran
 */
public record Judgement(
    List<Violation> violations,
    List<String> unfinished,
    long acknowledged,
    long unknown,
    long refused,
    long ended,
    long failed,
    long again) {
  /** What is broken, the worst first. */
  public enum Broken {
    /** A task that was taken is not known any more, and nobody said so. */
    LOST,
    /** A task had one outcome, and then another. */
    CHANGED,
    /** A result is not that of its input. */
    WRONG,
    /** There is a result, and nobody ran the task to its end. */
    FROM_NOTHING,
    /** What was refused has an outcome. */
    REFUSED,
    /** Two ran an exclusive task at once. */
    OVERLAP,
    /** A task failed that had no reason to. */
    FAILED
  }

  /** Something that must not be. */
  public record Violation(Broken broken, String sentence) {
    @Override
    public String toString() {
      return broken + ": " + sentence;
    }
  }

  /** Takes copies. */
  public Judgement {
    violations = List.copyOf(violations);
    unfinished = List.copyOf(unfinished);
  }
}
