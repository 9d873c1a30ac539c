package io.minga.benchmarks.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who takes part. */
enum Contender {
  /** Two of our peers, connected over Noise: one submits, the other runs. */
  MINGA("as it is", true),
  /** Two members of a Hazelcast cluster, in the clear: one submits to the other's executor. */
  HAZELCAST("Hazelcast 5.7 executor", false),
  /** Netty and a pool of threads, which calls cross as often as ours, and that is all. */
  BARE("bare Netty and a pool", false);

  private final String title;
  private final boolean ours;

  Contender(String title, boolean ours) {
    this.title = title;
    this.ours = ours;
  }

  /** What all are called on the command line. */
  static List<String> names() {
    return Arrays.stream(values()).map(it -> it.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The contender called {@code name} there. */
  static Contender named(String name) {
    return Arrays.stream(values())
        .filter(it -> it.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow();
  }

  String title() {
    return title;
  }

  boolean isOurs() {
    return ours;
  }
}
