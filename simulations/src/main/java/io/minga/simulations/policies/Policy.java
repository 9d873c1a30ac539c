package io.minga.simulations.policies;

import java.util.Arrays;
import java.util.List;

/** Who takes what, among simple peers. */
public enum Policy {
  /**
   * p2pqueue's rule: every 2 s each peer tells its finish time, all blend what they hear into an
   * average, and whoever is 10 % above passes the difference to those who said that they are below.
   */
  P2PQUEUE("p2pqueue"),
  /** Whoever has a free slot and nothing to do asks a random peer for half of what it has. */
  RANDOM_STEAL("random-steal"),
  /** The submitter pours all work over the peers once, and that is it. */
  HINTS_ONLY("hints-only");

  private final String word;

  Policy(String word) {
    this.word = word;
  }

  /** What the command calls it. */
  public String word() {
    return word;
  }

  /** What the command calls them. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Policy::word).toList();
  }

  /** The one of that name, which there must be. */
  public static Policy named(String word) {
    return Arrays.stream(values()).filter(it -> it.word.equals(word)).findFirst().orElseThrow();
  }
}
