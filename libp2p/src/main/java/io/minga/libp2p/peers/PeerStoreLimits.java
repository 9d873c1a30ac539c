package io.minga.libp2p.peers;

import java.time.Duration;

/**
 * How much the peer store remembers, and for how long. With the defaults, hostile peers can make it
 * hold about 60 MB.
 *
 * @param peersMax peers in the store; when it is full, the unconnected ones that nobody has spoken
 *     of for longest make room
 * @param addressesPerPeerMax addresses kept of one peer; the worst make room
 * @param addressBytesMax bytes of an address; longer ones are ignored, but for permanent ones
 * @param addressComponentsMax components of an address, likewise
 * @param dialAddressesMax addresses of one peer that are offered for dialling
 * @param protocolsPerPeerMax protocols kept of one peer, as long as it is connected
 * @param connectedTtl how long an address stays that a connection used, from its end
 * @param signedTtl how long an address stays that the peer signed
 * @param identifiedTtl how long an address stays that the peer said
 * @param hintTtl how long an address stays that someone said
 * @param sweepInterval how often what has expired is thrown out
 */
public record PeerStoreLimits(
    int peersMax,
    int addressesPerPeerMax,
    int addressBytesMax,
    int addressComponentsMax,
    int dialAddressesMax,
    int protocolsPerPeerMax,
    Duration connectedTtl,
    Duration signedTtl,
    Duration identifiedTtl,
    Duration hintTtl,
    Duration sweepInterval) {
  /** 1024 peers of 32 addresses, 16 of them dialled; a day, an hour, an hour, ten minutes. */
  public static final PeerStoreLimits DEFAULT =
      new PeerStoreLimits(
          1024,
          32,
          256,
          12,
          16,
          128,
          Duration.ofDays(1),
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ofMinutes(10),
          Duration.ofMinutes(1));

  /** Limits of at least one, and durations longer than nothing. */
  public PeerStoreLimits {
    requireAtLeastOne("peersMax", peersMax);
    requireAtLeastOne("addressesPerPeerMax", addressesPerPeerMax);
    requireAtLeastOne("addressBytesMax", addressBytesMax);
    requireAtLeastOne("addressComponentsMax", addressComponentsMax);
    requireAtLeastOne("dialAddressesMax", dialAddressesMax);
    requireAtLeastOne("protocolsPerPeerMax", protocolsPerPeerMax);
    requirePositive("connectedTtl", connectedTtl);
    requirePositive("signedTtl", signedTtl);
    requirePositive("identifiedTtl", identifiedTtl);
    requirePositive("hintTtl", hintTtl);
    requirePositive("sweepInterval", sweepInterval);
  }

  /** How long an address of {@code source} stays; none of a permanent one is ever asked for. */
  Duration ttl(AddressSource source) {
    return switch (source) {
      case PERMANENT -> throw new IllegalArgumentException("a permanent address has no ttl");
      case CONNECTED -> connectedTtl;
      case SIGNED -> signedTtl;
      case IDENTIFIED -> identifiedTtl;
      case HINT -> hintTtl;
    };
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
