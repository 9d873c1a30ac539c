package io.minga.simulations.node;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a trial is made of: its seed, from which all else is drawn, within these bounds.
 *
 * @param peersMax the most peers in the beginning, at least 2
 * @param burstsMax the most bursts of calls
 * @param tasksMax the most calls in a burst
 * @param faults what may go wrong
 * @param exclusive whether all calls are exclusive, and all takes as long as leases do
 */
public record TrialOptions(
    long seed,
    int peersMax,
    int burstsMax,
    int tasksMax,
    Set<NodeFault> faults,
    boolean exclusive) {
  private static final int PEERS_MAX = 8;
  private static final int BURSTS_MAX = 12;
  private static final int TASKS_MAX = 200;
  private static final int EXCLUSIVE_PEERS_MAX = 5;
  private static final int EXCLUSIVE_TASKS_MAX = 6;

  /** Copies the set. */
  public TrialOptions {
    EnumSet<NodeFault> copy = EnumSet.noneOf(NodeFault.class);
    copy.addAll(faults);
    faults = copy;
    if (peersMax < 2 || burstsMax < 1 || tasksMax < 1) {
      throw new IllegalArgumentException(
          "a trial has 2 peers, a burst and a task at least, not %d, %d and %d"
              .formatted(peersMax, burstsMax, tasksMax));
    }
  }

  /** Everything may go wrong. */
  public static TrialOptions of(long seed) {
    return new TrialOptions(
        seed, PEERS_MAX, BURSTS_MAX, TASKS_MAX, EnumSet.allOf(NodeFault.class), false);
  }

  /** Everything may go wrong with a few exclusive calls, and for as long as leases last. */
  public static TrialOptions exclusive(long seed) {
    return new TrialOptions(
        seed,
        EXCLUSIVE_PEERS_MAX,
        BURSTS_MAX,
        EXCLUSIVE_TASKS_MAX,
        EnumSet.allOf(NodeFault.class),
        true);
  }

  /** The same with fewer calls in a burst, or more. */
  public TrialOptions withTasksMax(int tasks) {
    return with(peersMax, burstsMax, tasks);
  }

  TrialOptions with(int peers, int bursts, int tasks) {
    return new TrialOptions(seed, peers, bursts, tasks, faults, exclusive);
  }

  /** The same, and that does not go wrong. */
  public TrialOptions without(NodeFault fault) {
    EnumSet<NodeFault> fewer = EnumSet.noneOf(NodeFault.class);
    fewer.addAll(faults);
    fewer.remove(fault);
    return new TrialOptions(seed, peersMax, burstsMax, tasksMax, fewer, exclusive);
  }

  /**
   * Faults by their names, such as {@code kill,one-way-cut}; {@code none} for none.
   *
   * @throws IllegalArgumentException for a name that none has
   */
  public static Set<NodeFault> faults(String names) {
    EnumSet<NodeFault> faults = EnumSet.noneOf(NodeFault.class);
    for (String name : names.equals("none") ? List.<String>of() : List.of(names.split(","))) {
      faults.add(
          EnumSet.allOf(NodeFault.class).stream()
              .filter(it -> word(it).equals(name.strip().toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no fault is called '%s'; there are %s"
                              .formatted(name, words(EnumSet.allOf(NodeFault.class))))));
    }
    return faults;
  }

  private static String word(NodeFault fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String words(Set<NodeFault> faults) {
    return faults.isEmpty()
        ? "none"
        : faults.stream().map(TrialOptions::word).collect(Collectors.joining(","));
  }

  /** What it is drawn within, but for the seed. */
  @Override
  public String toString() {
    return "at most %d peers, %d bursts and %d %scalls in each, with %s"
        .formatted(peersMax, burstsMax, tasksMax, exclusive ? "exclusive " : "", words(faults));
  }

  /** The command that runs it again. */
  public String command() {
    return "minga sim campaign %s--seed %d --peers %d --bursts %d --tasks %d --faults %s"
        .formatted(
            exclusive ? "--exclusive " : "", seed, peersMax, burstsMax, tasksMax, words(faults));
  }
}
