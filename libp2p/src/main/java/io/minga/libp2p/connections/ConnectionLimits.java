package io.minga.libp2p.connections;

import java.time.Duration;

/**
 * How many connections the host keeps.
 *
 * @param highWater more connections than this are trimmed
 * @param lowWater trimmed to this many, if enough of them may be closed
 * @param connectionsPerPeer how many one peer may have; one more is closed at once
 * @param protectedPeersMax how many peers the application may protect
 * @param tagsPerPeerMax how many tags may protect one peer
 * @param grace how long a new connection is never trimmed
 */
public record ConnectionLimits(
    int highWater,
    int lowWater,
    int connectionsPerPeer,
    int protectedPeersMax,
    int tagsPerPeerMax,
    Duration grace) {
  /** For the 128 connections of the default host limits: trims from above 112 to 96. */
  public static final ConnectionLimits DEFAULT = below(128);

  /** Limits that do not contradict each other. */
  public ConnectionLimits {
    requireAtLeast("lowWater", lowWater, 0);
    requireAtLeast("connectionsPerPeer", connectionsPerPeer, 1);
    requireAtLeast("protectedPeersMax", protectedPeersMax, 0);
    requireAtLeast("tagsPerPeerMax", tagsPerPeerMax, 1);
    if (highWater < lowWater) {
      throw new IllegalArgumentException(
          "highWater is %d, but lowWater is %d; high is at least low"
              .formatted(highWater, lowWater));
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace is " + grace + "; it is nothing or more");
    }
  }

  /**
   * Limits for a host that may hold {@code connectionsMax}: it trims above seven eighths of them to
   * three quarters, before it must refuse any.
   */
  public static ConnectionLimits below(int connectionsMax) {
    int eighths = connectionsMax / 8;
    return new ConnectionLimits(
        connectionsMax - eighths,
        connectionsMax - 2 * eighths,
        8,
        4096,
        16,
        Duration.ofSeconds(20));
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + "; it is at least " + least);
    }
  }
}
