package io.minga.node.task;

/**
 * Who is hinted to take a task, among the peers that meet its requirements.
 *
 * @param parent for {@link Rule#NEAR}, which of the task's parents, from 0; else 0
 */
public record Placement(Rule rule, int parent) {
  /** So that all peers finish at the same time. */
  public static final Placement BALANCED = new Placement(Rule.BALANCED, 0);

  /** How the peer is chosen; the order is that of the numbers on the wire. */
  public enum Rule {
    /** So that all peers finish at the same time. */
    BALANCED,
    /** One peer after the other. */
    SPREAD,
    /** The peer that holds the least work. */
    LEAST_LOADED,
    /** The peer that has answered fastest. */
    FASTEST,
    /** Any. */
    RANDOM,
    /** The submitter itself. */
    LOCAL,
    /** The peer that holds a parent's result. */
    NEAR
  }

  /** Checks the parent. */
  public Placement {
    if (parent < 0 || (parent > 0 && rule != Rule.NEAR)) {
      throw new IllegalArgumentException(
          "only NEAR names a parent, from 0; %s has %d".formatted(rule, parent));
    }
  }

  /** By this rule; NEAR means the first parent. */
  public static Placement by(Rule rule) {
    return new Placement(rule, 0);
  }

  /** Where the result of this parent, from 0, is. */
  public static Placement near(int parent) {
    return new Placement(Rule.NEAR, parent);
  }
}
