package io.minga.libp2p.mdns;

import java.time.Duration;
import java.util.List;

/**
 * How peers are discovered, and every limit of it.
 *
 * @param serviceName what peers that look for each other agree on, such as {@code _p2p._udp};
 *     {@code .local} is put behind it. Another one makes a network of its own
 * @param interfaces the names of the network interfaces to use; empty for all that are up, of which
 *     the loopback one lets peers of one machine find each other
 * @param ttl how long others may believe what we say
 * @param queryIntervalMax how long queries are apart in the long run; they begin a second apart,
 *     and the time doubles
 * @param hintInterval how long until a peer that is still heard of is reported again
 * @param packetBytesMax the longest datagram that is read
 * @param recordsMax the most questions and records of a message
 * @param stringsMax the most strings of text in a message
 * @param peersMax how many peers are remembered; the one heard of longest ago is forgotten first
 * @param addressesPerPeerMax how many addresses of a peer are remembered; as above
 * @param pendingHintsMax how many peers wait to be reported; further ones are let go, and reported
 *     when they are heard of again
 * @param unicastsPerSecondMax how many answers to one asker alone are sent in a second, on an
 *     interface; multicast answers are a second apart at least
 */
public record MdnsOptions(
    String serviceName,
    List<String> interfaces,
    Duration ttl,
    Duration queryIntervalMax,
    Duration hintInterval,
    int packetBytesMax,
    int recordsMax,
    int stringsMax,
    int peersMax,
    int addressesPerPeerMax,
    int pendingHintsMax,
    int unicastsPerSecondMax) {
  /** The service of all libp2p peers (the specification of discovery by mDNS). */
  public static final String SERVICE_NAME = "_p2p._udp";

  /** All of libp2p, on all interfaces. */
  public static final MdnsOptions DEFAULT =
      new MdnsOptions(
          SERVICE_NAME,
          List.of(),
          Duration.ofMinutes(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          9000,
          64,
          128,
          1024,
          16,
          256,
          10);

  /** Options whose limits are all positive. */
  public MdnsOptions {
    interfaces = List.copyOf(interfaces);
    if (!serviceName.matches("_[a-z0-9-]{1,62}\\._(udp|tcp)")) {
      throw new IllegalArgumentException(
          "service name is '" + serviceName + "'; it should be like _p2p._udp, in lower case");
    }
    requireSeconds("ttl", ttl);
    requireSeconds("queryIntervalMax", queryIntervalMax);
    requireSeconds("hintInterval", hintInterval);
    requirePositive("packetBytesMax", packetBytesMax);
    requirePositive("recordsMax", recordsMax);
    requirePositive("stringsMax", stringsMax);
    requirePositive("peersMax", peersMax);
    requirePositive("addressesPerPeerMax", addressesPerPeerMax);
    requirePositive("pendingHintsMax", pendingHintsMax);
    requirePositive("unicastsPerSecondMax", unicastsPerSecondMax);
  }

  /** These options with another service name. */
  public MdnsOptions withServiceName(String name) {
    return new MdnsOptions(
        name,
        interfaces,
        ttl,
        queryIntervalMax,
        hintInterval,
        packetBytesMax,
        recordsMax,
        stringsMax,
        peersMax,
        addressesPerPeerMax,
        pendingHintsMax,
        unicastsPerSecondMax);
  }

  /** These options on the network interfaces of these names only. */
  public MdnsOptions withInterfaces(List<String> names) {
    return new MdnsOptions(
        serviceName,
        names,
        ttl,
        queryIntervalMax,
        hintInterval,
        packetBytesMax,
        recordsMax,
        stringsMax,
        peersMax,
        addressesPerPeerMax,
        pendingHintsMax,
        unicastsPerSecondMax);
  }

  /** The service's name in DNS. */
  String service() {
    return serviceName + ".local";
  }

  private static void requireSeconds(String name, Duration value) {
    if (value.toSeconds() < 1 || value.toDays() > 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it has 1 s to 24 h");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
    }
  }
}
