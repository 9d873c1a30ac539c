package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What we say of ourselves on one link, in the shape that go-libp2p gives it and all others read:
 * PTR as the answer; SRV, one TXT with all addresses, and A or AAAA as additionals.
 *
 * <p>SRV, A and AAAA are there because go passes on nobody without them; their port means nothing.
 */
final class Announcement {
  static final String META_SERVICE = "_services._dns-sd._udp.local";

  private static final String ADDRESS_PREFIX = "dnsaddr=";
  private static final int STRING_BYTES_MAX = 255;
  private static final int SRV_PORT = 4001;

  private final String service;
  private final String instance;
  private final String host;
  private final List<Bytes> strings;
  private final List<IpAddress> ips;

  /**
   * What {@code peerName} says.
   *
   * @param addresses where {@code self} listens; beyond {@code max} they are left out
   */
  Announcement(String service, String peerName, PeerId self, List<Multiaddr> addresses, int max) {
    this.service = service;
    this.instance = peerName + "." + service;
    this.host = peerName + ".local";
    List<Bytes> texts = new ArrayList<>();
    TreeSet<Bytes> hostIps = new TreeSet<>();
    for (Multiaddr address : addresses) {
      Bytes text = Bytes.utf8(ADDRESS_PREFIX + address.withPeerId(self.toMultihash()));
      if (text.length() <= STRING_BYTES_MAX && texts.size() < max) {
        texts.add(text);
        IpAddress.of(address).ifPresent(ip -> hostIps.add(ip.bytes()));
      }
    }
    this.strings = List.copyOf(texts);
    this.ips = hostIps.stream().map(IpAddress::new).toList();
  }

  /** Whether there is nothing to say. */
  boolean isEmpty() {
    return strings.isEmpty();
  }

  /** The name that stands for us. */
  String instance() {
    return instance;
  }

  /** The answer to who offers the service. */
  DnsMessage message(int id, boolean flush, long ttlSeconds) {
    List<DnsRecord> additionals = new ArrayList<>();
    additionals.add(new DnsRecord.Srv(instance, flush, ttlSeconds, SRV_PORT, host));
    additionals.add(new DnsRecord.Txt(instance, flush, ttlSeconds, strings));
    ips.forEach(ip -> additionals.add(new DnsRecord.Address(host, flush, ttlSeconds, ip)));
    return DnsMessage.response(
        id, List.of(new DnsRecord.Ptr(service, ttlSeconds, instance)), additionals);
  }

  /** The answer to which services there are. */
  DnsMessage metaMessage(int id, long ttlSeconds) {
    return DnsMessage.response(
        id, List.of(new DnsRecord.Ptr(META_SERVICE, ttlSeconds, service)), List.of());
  }

  /** The address in a string of a TXT record, if it is one. */
  static Optional<String> address(Bytes string) {
    String text = new String(string.toByteArray(), StandardCharsets.ISO_8859_1);
    return text.startsWith(ADDRESS_PREFIX)
        ? Optional.of(text.substring(ADDRESS_PREFIX.length()))
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Announcement that && strings.equals(that.strings);
  }

  @Override
  public int hashCode() {
    return strings.hashCode();
  }
}
