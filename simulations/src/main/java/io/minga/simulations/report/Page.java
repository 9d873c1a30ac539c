package io.minga.simulations.report;

import java.util.List;

/**
 * All that a page says.
 *
 * @param name of the scenario, such as S1
 * @param what happens in it, in a line
 * @param measure what a course's ratio is, such as makespan / oracle
 * @param goal the largest ratio that is good enough
 * @param boundSeconds before which nobody can be done
 * @param oracleSeconds when a central queue without delays would be done
 * @param command what to type to get the same again
 * @param options what the run depends on
 * @param courses the one that the page is about, then those to compare it with
 */
public record Page(
    String name,
    String what,
    String measure,
    double goal,
    double boundSeconds,
    double oracleSeconds,
    String command,
    List<Fact> options,
    List<Course> courses) {
  /** Copies the lists; there must be a course. */
  public Page {
    options = List.copyOf(options);
    courses = List.copyOf(courses);
    if (courses.isEmpty()) {
      throw new IllegalArgumentException("a page is about a course, and there is none");
    }
  }

  /** The course that the page is about. */
  Course first() {
    return courses.get(0);
  }
}
