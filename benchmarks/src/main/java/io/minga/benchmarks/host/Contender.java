package io.minga.benchmarks.host;

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

  String title() {
    return title;
  }

  boolean isOurs() {
    return ours;
  }
}
