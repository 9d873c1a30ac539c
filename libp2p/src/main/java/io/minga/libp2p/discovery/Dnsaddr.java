package io.minga.libp2p.discovery;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multiaddr.Component;
import io.minga.libp2p.multiformats.Protocol;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code /dnsaddr/NAME} stands for: the TXT records of {@code _dnsaddr.NAME} that are {@code
 * dnsaddr=} and an address (multiaddr, DNSADDR).
 */
public final class Dnsaddr {
  private static final String QUERY_PREFIX = "_dnsaddr.";
  private static final String VALUE_PREFIX = "dnsaddr=";

  private Dnsaddr() {}

  /** The name whose TXT records to ask for. */
  public static String queryName(String name) {
    return QUERY_PREFIX + name;
  }

  /**
   * The addresses in these records; what is of another use or malformed is left out, as is what
   * comes after the first {@code max}.
   */
  public static List<Multiaddr> addresses(List<String> records, int max) {
    List<Multiaddr> addresses = new ArrayList<>();
    for (String record : records) {
      if (addresses.size() < max && record.startsWith(VALUE_PREFIX)) {
        try {
          addresses.add(Multiaddr.decodeText(record.substring(VALUE_PREFIX.length())));
        } catch (WireException malformed) {
          // One record that is wrong, or newer than we are, leaves the others good.
        }
      }
    }
    return addresses;
  }

  /** Whether {@code address} begins with a name, of any kind, that must be resolved. */
  static boolean hasName(Multiaddr address) {
    return switch (address.components().get(0).protocol()) {
      case DNS, DNS4, DNS6, DNSADDR -> true;
      default -> false;
    };
  }

  /**
   * Whether {@code found} may stand for {@code asked}: what follows the name of a {@code /dnsaddr},
   * such as a peer's id, is how the address must end.
   */
  static boolean mayStandFor(Multiaddr asked, Multiaddr found) {
    List<Component> components = asked.components();
    if (components.get(0).protocol() != Protocol.DNSADDR) {
      return true;
    }
    List<Component> tail = components.subList(1, components.size());
    List<Component> all = found.components();
    return all.size() >= tail.size()
        && all.subList(all.size() - tail.size(), all.size()).equals(tail);
  }
}
