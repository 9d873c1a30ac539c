package io.minga.benchmarks.host;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who takes part. */
enum Contender {
  /** Our host with Noise. */
  NOISE("Noise", true),
  /** Our host with TLS. */
  TLS("TLS", true),
  /** Bare TCP with the same event loops: what the machine gives at most. */
  RAW("raw Netty TCP", false),
  /** js-libp2p with Noise. */
  JS("js-libp2p, Noise", false);

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

  /** The contender called {@code name} on the command line. */
  static Optional<Contender> named(String name) {
    return Arrays.stream(values()).filter(it -> it.name().equalsIgnoreCase(name)).findFirst();
  }

  String title() {
    return title;
  }

  boolean isOurs() {
    return ours;
  }
}
