package io.minga.libp2p.identify;

import java.time.Duration;

/**
 * How much identify takes from a peer, and says of ourselves.
 *
 * @param messagesMax messages of one stream, which are merged
 * @param messageBytesMax bytes of one of them
 * @param ownMessageBytesMax bytes of ours
 * @param protocolsMax protocols in all; one more is a violation
 * @param protocolBytesMax bytes of a protocol's name
 * @param addressesMax addresses that are looked at; further ones are skipped, like those that we
 *     can't read
 * @param addressComponentsMax components of all addresses that are looked at; an address of two
 *     bytes a component takes far more memory than it has bytes
 * @param addressBytesMax bytes of one address
 * @param versionBytesMax bytes of the protocol version, and of the agent version
 * @param observersMax peers whose view of our address is remembered; the oldest are forgotten
 * @param observersNeeded how many peers of different networks must see one address of ours before
 *     we believe it
 * @param observedTtl how long one peer's view counts
 */
public record IdentifyLimits(
    int messagesMax,
    int messageBytesMax,
    int ownMessageBytesMax,
    int protocolsMax,
    int protocolBytesMax,
    int addressesMax,
    int addressComponentsMax,
    int addressBytesMax,
    int versionBytesMax,
    int observersMax,
    int observersNeeded,
    Duration observedTtl) {
  /** 10 messages of 8 KiB in, one of 4 KiB out; 128 protocols, 24 addresses; 4 observers. */
  public static final IdentifyLimits DEFAULT =
      new IdentifyLimits(
          10, 8192, 4096, 128, 1023, 24, 256, 1024, 256, 256, 4, Duration.ofMinutes(30));

  /** Limits of at least one. */
  public IdentifyLimits {
    requireAtLeastOne("messagesMax", messagesMax);
    requireAtLeastOne("messageBytesMax", messageBytesMax);
    requireAtLeastOne("ownMessageBytesMax", ownMessageBytesMax);
    requireAtLeastOne("protocolsMax", protocolsMax);
    requireAtLeastOne("protocolBytesMax", protocolBytesMax);
    requireAtLeastOne("addressesMax", addressesMax);
    requireAtLeastOne("addressComponentsMax", addressComponentsMax);
    requireAtLeastOne("addressBytesMax", addressBytesMax);
    requireAtLeastOne("versionBytesMax", versionBytesMax);
    requireAtLeastOne("observersMax", observersMax);
    requireAtLeastOne("observersNeeded", observersNeeded);
    if (observedTtl.isNegative() || observedTtl.isZero()) {
      throw new IllegalArgumentException(
          "observedTtl is " + observedTtl + "; it must be longer than nothing");
    }
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
    }
  }
}
