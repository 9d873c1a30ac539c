package io.minga.simulations.report;

import java.util.List;

/**
 * What one way of sharing work made of the plan.
 *
 * @param name what it is called
 * @param what what it does, in a line
 * @param makespanSeconds from the first work that is measured to the last outcome
 * @param ratio the page's measure
 * @param movesPerTask how often a call changed hands
 * @param bytesPerPeerSecond what a peer sends; NaN if nobody counted
 * @param facts what else there is to know, by names that all courses share
 * @param moments how things stood, by time
 */
public record Course(
    String name,
    String what,
    double makespanSeconds,
    double ratio,
    double movesPerTask,
    double bytesPerPeerSecond,
    List<Fact> facts,
    List<Moment> moments) {
  /** Copies the lists. */
  public Course {
    facts = List.copyOf(facts);
    moments = List.copyOf(moments);
  }
}
