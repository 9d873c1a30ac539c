package io.minga.libp2p.discovery;

import io.minga.libp2p.connections.ConnectionLimits;
import java.time.Duration;

/**
 * How eagerly a host looks for peers, and how much it keeps of what it hears.
 *
 * @param lowWater hints of other peers, and remembered peers, are dialled while fewer peers than
 *     this are connected or being dialled
 * @param highWater peers of the local network and bootstrap peers, while fewer than this are
 * @param dialsMax peers being dialled at a time
 * @param bootstrapAddressesMax bootstrap addresses that are taken
 * @param bootstrapPeersMax bootstrap peers that these may stand for
 * @param mdnsHintsMax peers known from the local network alone
 * @param exchangeHintsMax peers known from other peers alone
 * @param addressesPerPeerMax addresses that are kept of one peer
 * @param triesMax failed dials after which a peer known from a hint is forgotten, until the next
 * @param addressesPacedMax addresses of hints that were dialled less than {@code hintPace} ago;
 *     more are not dialled
 * @param hintPace how long an address that a hint named is left alone after a dial
 * @param subnetPeersMax peers within one /24 (IPv6: /48) that other peers' hints may lead to
 * @param subnetExemptsLocal whether loopback and private addresses don't count there
 * @param retryMin how long a peer or a name rests after its first failure; doubled by each further
 *     one, less up to a half at random
 * @param retryMax how long it rests at most
 * @param freshChancePace when all connections are lost, everything is tried again at once; how long
 *     it is until that may happen again
 * @param lookupsMax names that one bootstrap address may lead to
 * @param lookupDepthMax names that may stand for each other in a row
 * @param resolvedAddressesMax addresses that one bootstrap address may lead to
 * @param rememberedMax peers that are remembered
 * @param rememberedMin below so many, peers that only ever dialled us are remembered as well
 * @param goodAfter how long a connection has to last before its peer counts as good
 * @param rememberPace how often the list of remembered peers may be written
 */
public record DiscoveryOptions(
    int lowWater,
    int highWater,
    int dialsMax,
    int bootstrapAddressesMax,
    int bootstrapPeersMax,
    int mdnsHintsMax,
    int exchangeHintsMax,
    int addressesPerPeerMax,
    int triesMax,
    int addressesPacedMax,
    Duration hintPace,
    int subnetPeersMax,
    boolean subnetExemptsLocal,
    Duration retryMin,
    Duration retryMax,
    Duration freshChancePace,
    int lookupsMax,
    int lookupDepthMax,
    int resolvedAddressesMax,
    int rememberedMax,
    int rememberedMin,
    Duration goodAfter,
    Duration rememberPace) {
  /** For a host with {@link ConnectionLimits#DEFAULT}. */
  public static final DiscoveryOptions DEFAULT = within(ConnectionLimits.DEFAULT);

  /** Options that do not contradict each other. */
  public DiscoveryOptions {
    requireAtLeastOne("lowWater", lowWater);
    requireAtLeastOne("dialsMax", dialsMax);
    requireAtLeastOne("bootstrapAddressesMax", bootstrapAddressesMax);
    requireAtLeastOne("bootstrapPeersMax", bootstrapPeersMax);
    requireAtLeastOne("mdnsHintsMax", mdnsHintsMax);
    requireAtLeastOne("exchangeHintsMax", exchangeHintsMax);
    requireAtLeastOne("addressesPerPeerMax", addressesPerPeerMax);
    requireAtLeastOne("triesMax", triesMax);
    requireAtLeastOne("addressesPacedMax", addressesPacedMax);
    requireAtLeastOne("subnetPeersMax", subnetPeersMax);
    requireAtLeastOne("lookupsMax", lookupsMax);
    requireAtLeastOne("lookupDepthMax", lookupDepthMax);
    requireAtLeastOne("resolvedAddressesMax", resolvedAddressesMax);
    requireAtLeastOne("rememberedMax", rememberedMax);
    requirePositive("hintPace", hintPace);
    requirePositive("retryMin", retryMin);
    requirePositive("freshChancePace", freshChancePace);
    requirePositive("goodAfter", goodAfter);
    requirePositive("rememberPace", rememberPace);
    if (highWater < lowWater) {
      throw new IllegalArgumentException(
          "highWater is %d, but lowWater is %d; high is at least low"
              .formatted(highWater, lowWater));
    }
    if (retryMax.compareTo(retryMin) < 0) {
      throw new IllegalArgumentException(
          "retryMax is %s, but retryMin is %s; max is at least min".formatted(retryMax, retryMin));
    }
    if (rememberedMin < 0 || rememberedMin > rememberedMax) {
      throw new IllegalArgumentException(
          "rememberedMin is %d; it is 0 to rememberedMax, %d"
              .formatted(rememberedMin, rememberedMax));
    }
  }

  /** For a host that keeps so many connections. */
  public static DiscoveryOptions within(ConnectionLimits connections) {
    int lowWater = Math.max(1, connections.lowWater());
    return new DiscoveryOptions(
        lowWater,
        Math.max(lowWater, connections.highWater()),
        8,
        64,
        256,
        256,
        256,
        16,
        5,
        1024,
        Duration.ofSeconds(10),
        4,
        true,
        Duration.ofSeconds(1),
        Duration.ofMinutes(5),
        Duration.ofSeconds(10),
        32,
        4,
        64,
        64,
        4,
        Duration.ofMinutes(1),
        Duration.ofSeconds(30));
  }

  /**
   * These options, filling up to {@code lowWater} and following the local network up to {@code
   * highWater}.
   */
  public DiscoveryOptions withWater(int lowWater, int highWater) {
    return new DiscoveryOptions(
        lowWater,
        highWater,
        dialsMax,
        bootstrapAddressesMax,
        bootstrapPeersMax,
        mdnsHintsMax,
        exchangeHintsMax,
        addressesPerPeerMax,
        triesMax,
        addressesPacedMax,
        hintPace,
        subnetPeersMax,
        subnetExemptsLocal,
        retryMin,
        retryMax,
        freshChancePace,
        lookupsMax,
        lookupDepthMax,
        resolvedAddressesMax,
        rememberedMax,
        rememberedMin,
        goodAfter,
        rememberPace);
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
