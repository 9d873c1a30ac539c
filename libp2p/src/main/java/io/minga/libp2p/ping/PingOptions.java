package io.minga.libp2p.ping;

import java.time.Duration;

/**
 * How ping behaves.
 *
 * @param timeout how long a stream may take to open, and then an echo to come back
 * @param interval from one result to the next ping of a loop
 * @param idle how long an inbound stream may stay silent before it is reset; rust-libp2p pings
 *     every 15 s over one stream
 * @param inboundStreamsPerPeer how many inbound ping streams a peer may have; whoever opens the
 *     streams counts them
 */
public record PingOptions(
    Duration timeout, Duration interval, Duration idle, int inboundStreamsPerPeer) {
  /** The protocol's name, as streams negotiate it. */
  public static final String PROTOCOL = "/ipfs/ping/1.0.0";

  /** The length of a ping and of its echo, in bytes. */
  public static final int PING_LENGTH = 32;

  /** 10 s for an answer, a ping every 15 s, 60 s of silence, two inbound streams a peer. */
  public static final PingOptions DEFAULT =
      new PingOptions(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(60), 2);

  /** Options with durations longer than nothing and at least one inbound stream. */
  public PingOptions {
    requirePositive("timeout", timeout);
    requirePositive("interval", interval);
    requirePositive("idle", idle);
    if (inboundStreamsPerPeer < 1) {
      throw new IllegalArgumentException(
          "inboundStreamsPerPeer is " + inboundStreamsPerPeer + "; it must be at least 1");
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be longer than nothing");
    }
  }
}
