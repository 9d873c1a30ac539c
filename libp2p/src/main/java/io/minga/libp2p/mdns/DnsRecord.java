package io.minga.libp2p.mdns;

import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import java.util.List;

/**
 * A resource record of class IN, of one of the types that discovery is made of (RFC 1035, 2782).
 */
public sealed interface DnsRecord {
  /** Whom the record is about, in lower case without a dot at its end. */
  String name();

  /** How long the record holds, in seconds; 0 takes it back. */
  long ttlSeconds();

  /** A service and one that offers it. */
  record Ptr(String name, long ttlSeconds, String target) implements DnsRecord {}

  /**
   * Strings of at most 255 bytes.
   *
   * @param flush whether what was said of {@code name} before no longer holds (RFC 6762, 10.2)
   */
  record Txt(String name, boolean flush, long ttlSeconds, List<Bytes> strings)
      implements DnsRecord {}

  /** The host and port of a service; what libp2p peers put here means nothing. */
  record Srv(String name, boolean flush, long ttlSeconds, int port, String target)
      implements DnsRecord {}

  /** An address of a host: A or AAAA by its length. */
  record Address(String name, boolean flush, long ttlSeconds, IpAddress ip) implements DnsRecord {}
}
