package io.minga.libp2p.limits;

import java.time.Duration;

/**
 * The limits of one host: what it may hold in all, what may be pending (connections before they are
 * authenticated, streams before they have a protocol), what one peer may hold, what one peer may
 * hold for one protocol, and how long a connection may take to become useful.
 *
 * <p>The model is go-libp2p's resource manager, and so are most of the numbers.
 *
 * @param handshakeTimeout from the accepted or opened socket to an authenticated connection
 * @param negotiationTimeout from an open stream to an agreed protocol
 */
public record HostLimits(
    ScopeLimits system,
    ScopeLimits pending,
    ScopeLimits peer,
    ScopeLimits peerProtocol,
    Duration handshakeTimeout,
    Duration negotiationTimeout) {
  private static final long MIB = 1 << 20;

  /** The limits of a small machine: 128 connections, 2048 streams, 128 MiB. */
  public static final HostLimits DEFAULT =
      new HostLimits(
          new ScopeLimits(128, 64, 2048, 1024, 128 * MIB),
          new ScopeLimits(64, 32, 512, 256, 32 * MIB),
          new ScopeLimits(8, 8, 512, 256, 64 * MIB),
          new ScopeLimits(0, 0, 256, 64, 16 * MIB),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  /** Limits that do not contradict each other. */
  public HostLimits {
    requireWithin("pending", pending, system);
    requireWithin("peer", peer, system);
    requireWithin("peerProtocol", peerProtocol, peer);
    requirePositive("handshakeTimeout", handshakeTimeout);
    requirePositive("negotiationTimeout", negotiationTimeout);
  }

  /**
   * What one peer may hold of the pending streams: half of the inbound ones, rounded up, so that a
   * single peer that opens streams and says nothing leaves room for those of others.
   */
  ScopeLimits pendingOfPeer() {
    int inbound = pending.streamsInbound() - pending.streamsInbound() / 2;
    return new ScopeLimits(0, 0, pending.streams(), inbound, 0);
  }

  /**
   * These limits for a machine with so much memory and so many file descriptors: an eighth of the
   * memory, and no more connections than half of the descriptors. Connections and streams of the
   * system, pending ones included, grow with the memory; those of a single peer do not. The numbers
   * of connections and streams shrink only for the descriptors.
   *
   * @param memoryBytes all the memory that the machine, or the container, has
   * @param fileDescriptors how many files and sockets the process may have open
   */
  public HostLimits scaledTo(long memoryBytes, long fileDescriptors) {
    if (memoryBytes < 64 * MIB) {
      throw new IllegalArgumentException(
          "memoryBytes is %d; a host needs at least %d".formatted(memoryBytes, 64 * MIB));
    }
    if (fileDescriptors < 4) {
      throw new IllegalArgumentException(
          "fileDescriptors is " + fileDescriptors + "; a host needs at least 4");
    }
    long budgetBytes = memoryBytes / 8;
    double growth = (double) budgetBytes / system.memoryBytes();
    int connectionsMax = (int) Math.min(Integer.MAX_VALUE, fileDescriptors / 2);
    return new HostLimits(
        scaled(system, growth, connectionsMax),
        scaled(pending, growth, connectionsMax),
        scaled(peer, Math.min(1, growth), connectionsMax),
        scaled(peerProtocol, Math.min(1, growth), connectionsMax),
        handshakeTimeout,
        negotiationTimeout);
  }

  /** Memory grows and shrinks by {@code factor}, numbers only grow by it. */
  private static ScopeLimits scaled(ScopeLimits scope, double factor, int connectionsMax) {
    double counts = Math.max(1, factor);
    return new ScopeLimits(
        Math.min(connectionsMax, scaled(scope.connections(), counts)),
        Math.min(connectionsMax, scaled(scope.connectionsInbound(), counts)),
        scaled(scope.streams(), counts),
        scaled(scope.streamsInbound(), counts),
        (long) (scope.memoryBytes() * factor));
  }

  private static int scaled(int count, double factor) {
    return (int) Math.min(Integer.MAX_VALUE, count * factor);
  }

  private static void requireWithin(String name, ScopeLimits inner, ScopeLimits outer) {
    requireWithin(name + ".connections", inner.connections(), outer.connections());
    requireWithin(name + ".streams", inner.streams(), outer.streams());
    requireWithin(name + ".memoryBytes", inner.memoryBytes(), outer.memoryBytes());
  }

  private static void requireWithin(String name, long inner, long outer) {
    if (inner > outer) {
      throw new IllegalArgumentException(
          "%s is %d, but the scope around it holds only %d".formatted(name, inner, outer));
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be longer than nothing");
    }
  }
}
