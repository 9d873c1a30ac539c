package io.minga.libp2p.connections;

import java.time.Duration;

/**
 * How the host dials.
 *
 * @param dialsMax dials in parallel in the host
 * @param dialsPerPeerMax dials in parallel towards one peer
 * @param addressesPerPeerMax addresses of one peer that are tried; the first ones count
 * @param peersMax peers being dialled or waiting for it
 * @param requestsMax requests to dial that have no result yet
 * @param backoffsMax peers and addresses that are remembered as having failed; the oldest are
 *     forgotten first
 * @param dialTimeout from the start of one dial to an authenticated connection
 * @param requestTimeout from the first request for a peer to the result, however long the queue
 * @param stagger how long one address of a peer has before the next is tried beside it
 * @param staggerLocal the same for loopback and private addresses, which answer sooner
 * @param backoffMin how long an address or a peer rests after its first failure; doubled by each
 *     further one
 * @param backoffMax how long it rests at most
 */
public record DialOptions(
    int dialsMax,
    int dialsPerPeerMax,
    int addressesPerPeerMax,
    int peersMax,
    int requestsMax,
    int backoffsMax,
    Duration dialTimeout,
    Duration requestTimeout,
    Duration stagger,
    Duration staggerLocal,
    Duration backoffMin,
    Duration backoffMax) {
  /** 8 dials in parallel, 4 a peer, 16 addresses a peer, 5 s a dial, 30 s a request. */
  public static final DialOptions DEFAULT =
      new DialOptions(
          8,
          4,
          16,
          256,
          1024,
          1024,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMillis(250),
          Duration.ofMillis(30),
          Duration.ofSeconds(1),
          Duration.ofMinutes(5));

  /** Options that do not contradict each other. */
  public DialOptions {
    requireAtLeastOne("dialsMax", dialsMax);
    requireAtLeastOne("dialsPerPeerMax", dialsPerPeerMax);
    requireAtLeastOne("addressesPerPeerMax", addressesPerPeerMax);
    requireAtLeastOne("peersMax", peersMax);
    requireAtLeastOne("requestsMax", requestsMax);
    requireAtLeastOne("backoffsMax", backoffsMax);
    requirePositive("dialTimeout", dialTimeout);
    requirePositive("requestTimeout", requestTimeout);
    requirePositive("stagger", stagger);
    requirePositive("staggerLocal", staggerLocal);
    requirePositive("backoffMin", backoffMin);
    if (backoffMax.compareTo(backoffMin) < 0) {
      throw new IllegalArgumentException(
          "backoffMax is %s, but backoffMin is %s; max is at least min"
              .formatted(backoffMax, backoffMin));
    }
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be longer than nothing");
    }
  }
}
