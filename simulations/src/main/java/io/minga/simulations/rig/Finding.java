package io.minga.simulations.rig;

import java.util.List;

/**
 * What came of one fault with one seed.
 *
 * @param fault the fault's name
 * @param figures what was measured
 * @param notes what a person should know besides, violations first
 * @param seconds how long it took
 */
public record Finding(
    String fault,
    long seed,
    Outcome outcome,
    List<Figure> figures,
    List<String> notes,
    double seconds) {
  /** From the best to the worst. */
  public enum Outcome {
    /** It wasn't tried, for a reason that is said. */
    LEFT_OUT("left out"),
    /** As expected. */
    HELD("held"),
    /** Nothing was broken; something took longer, or was more, than is expected. */
    OVER("held, over"),
    /** Nothing was broken; not all was done when time was up. */
    UNFINISHED("unfinished"),
    /** A promise was broken. */
    BROKEN("BROKEN");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * A number.
   *
   * @param unit such as s; empty if it is a count
   * @param atMost what it should be at most; NaN if nothing is expected of it
   */
  public record Figure(String name, double value, String unit, double atMost) {
    /** Whether it is more than it should be; one that could not be measured is not. */
    public boolean isOver() {
      return value > atMost;
    }
  }

  /** Takes copies. */
  public Finding {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }
}
