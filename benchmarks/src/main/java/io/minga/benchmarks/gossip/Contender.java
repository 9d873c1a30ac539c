package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Arguments;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who takes part; all sign what they publish. */
enum Contender {
  /**
   * Our gossip as it is: a message that comes from its author itself and is for nobody else is
   * vouched for by the connection, any other by its signature.
   */
  MINGA("as it is", true),
  /** Our gossip with every signature verified, as others do it. */
  VERIFYING("every signature verified", true),
  /** js-libp2p's gossipsub, which verifies every signature. */
  JS("js-libp2p gossipsub", false);

  private final String title;
  private final boolean ours;

  Contender(String title, boolean ours) {
    this.title = title;
    this.ours = ours;
  }

  /** What all are called on the command line. */
  static List<String> names() {
    return Arrays.stream(values()).map(Contender::commandName).toList();
  }

  /** The contender called {@code name} there. */
  static Contender named(String name) {
    return Arrays.stream(values())
        .filter(it -> it.commandName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String commandName() {
    return this == JS ? Arguments.JS : name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return title;
  }

  boolean isOurs() {
    return ours;
  }
}
