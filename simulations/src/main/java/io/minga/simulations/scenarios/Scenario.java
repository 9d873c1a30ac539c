package io.minga.simulations.scenarios;

import io.minga.simulations.plan.Plan;
import java.util.List;
import java.util.Locale;

/** A situation that peers must master: a plan for every number of peers and every seed. */
public interface Scenario {
  /** What it is called, such as S1. */
  String name();

  /** What happens, in a line. */
  String what();

  /** The largest ratio to the oracle that is good enough. */
  double bound();

  /** The plan for so many peers. */
  Plan plan(int peers, long seed);

  /** All there are. */
  static List<Scenario> all() {
    return List.of(
        new OneBurst(),
        new UnequalPeers(),
        new SuddenlySlow(),
        new ComingAndGoing(),
        new RandomBursts(),
        new RareTag(),
        new ShortAndLong(),
        new SplitInTwo(),
        new LossyLinks(),
        new GraphOfCalls());
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none, with the names that there are
   */
  static Scenario named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return all().stream()
        .filter(it -> it.name().equals(upper))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no scenario is called '%s'; there are %s"
                        .formatted(name, all().stream().map(Scenario::name).toList())));
  }
}
