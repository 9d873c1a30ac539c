package io.minga.node.task;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a peer listens, as it says behind its {@link LoadReport}: who hears of it by gossip can
 * connect. A report's reader skips them, so that what decides knows peers by their names alone.
 *
 * @param addresses at most {@value #ADDRESSES_MAX}
 */
public record Whereabouts(List<Multiaddr> addresses) {
  private static final int ADDRESSES_MAX = 8;
  private static final int ADDRESS_BYTES_MAX = 128;

  /** The field of a report's message that no report has. */
  static final int ADDRESS = 16;

  /** Takes the first of those that are short enough. */
  public Whereabouts {
    addresses =
        addresses.stream()
            .filter(address -> address.toBytes().length() <= ADDRESS_BYTES_MAX)
            .limit(ADDRESSES_MAX)
            .toList();
  }

  /** A report that says where its peer is, too. */
  public Bytes after(Bytes report) {
    ProtobufWriter out = new ProtobufWriter();
    addresses.forEach(address -> out.bytes(ADDRESS, address.toBytes()));
    byte[] own = out.toBytes().toByteArray();
    byte[] both = Arrays.copyOf(report.toByteArray(), report.length() + own.length);
    System.arraycopy(own, 0, both, report.length(), own.length);
    return Bytes.copyOf(both);
  }

  /**
   * Where the peer of a report says it is.
   *
   * @throws WireException if that is malformed or above a limit
   */
  public static Whereabouts decode(TaskLimits limits, Bytes report) throws WireException {
    ProtobufReader in = Fields.read("Whereabouts", report, limits.gossipBytesMax());
    List<Multiaddr> addresses = new ArrayList<>();
    while (in.next()) {
      if (in.field() == ADDRESS) {
        Fields.requireRoom(in, addresses, ADDRESSES_MAX);
        addresses.add(Multiaddr.decode(in.bytes(ADDRESS_BYTES_MAX)));
      }
    }
    return new Whereabouts(addresses);
  }
}
