package io.minga.simulations.baselines;

import java.util.Arrays;
import java.util.Optional;

/** A simple rule by which peers could share work. */
public enum Baseline {
  /** What p2pqueue does: surplus over a blended average goes to four random peers. */
  P2PQUEUE("p2pqueue", "surplus over a blended average goes to four random peers, every 2 s"),

  /** Who runs dry asks one random peer after the other for half of what it has. */
  RANDOM_STEAL("random-steal", "who runs dry takes half of what a random peer has"),

  /** The submitter pours its work over all peers by their loads, and nothing moves then. */
  HINTS_ONLY("hints-only", "the submitter pours its work over all peers, and nothing moves");

  private final String word;
  private final String what;

  Baseline(String word, String what) {
    this.word = word;
    this.what = what;
  }

  /** What it is called on a command line. */
  public String word() {
    return word;
  }

  /** What it does, in a line. */
  public String what() {
    return what;
  }

  /** The one that is called so. */
  public static Optional<Baseline> named(String word) {
    return Arrays.stream(values()).filter(it -> it.word.equals(word)).findFirst();
  }

  Rule rule(Field field) {
    return switch (this) {
      case P2PQUEUE -> new AverageRule(field);
      case RANDOM_STEAL -> new StealRule(field);
      case HINTS_ONLY -> new HintRule(field);
    };
  }
}
