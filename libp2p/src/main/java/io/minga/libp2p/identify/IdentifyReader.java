package io.minga.libp2p.identify;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.LengthPrefixed;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads one identify stream to its end: messages behind their lengths, split anywhere, merged into
 * one as protobuf merges: lists are joined, here without what they repeat, and of other fields the
 * last counts. go-libp2p sends what does not fit its first message in a second. One owner; of no
 * more use once it has thrown.
 */
public final class IdentifyReader {
  private final IdentifyLimits limits;
  private final LengthPrefixed frames;
  private final Set<Multiaddr> addresses = new LinkedHashSet<>();
  private final Set<String> protocols = new LinkedHashSet<>();
  private IdentifyMessage singles = IdentifyMessage.EMPTY;
  private int messages;

  /** A reader at the start of a stream. */
  public IdentifyReader(IdentifyLimits limits) {
    this.limits = limits;
    this.frames = new LengthPrefixed(limits.messageBytesMax());
  }

  /**
   * Takes all of {@code in}.
   *
   * @throws WireException if a message is malformed or beyond the limits, or if it is one too many
   */
  public void read(ByteBuffer in) throws WireException {
    for (ByteBuffer frame = frames.next(in); frame != null; frame = frames.next(in)) {
      if (messages == limits.messagesMax()) {
        throw new WireException(
            "identify stream has more than " + limits.messagesMax() + " messages");
      }
      messages++;
      add(IdentifyMessage.decode(frame, limits));
    }
  }

  private void add(IdentifyMessage next) throws WireException {
    singles = singles.merge(next.withLists(List.of(), List.of()));
    for (Multiaddr address : next.listenAddresses()) {
      if (addresses.size() < limits.addressesMax()) {
        addresses.add(address);
      }
    }
    protocols.addAll(next.protocols());
    IdentifyMessage.requireProtocols(protocols.size(), limits);
  }

  /**
   * Says that the peer has closed its side.
   *
   * @return all that it said
   * @throws WireException if it closed within a message, or without any
   */
  public IdentifyMessage finish() throws WireException {
    frames.finish();
    if (messages == 0) {
      throw new WireException("identify stream closed without a message; one at least is right");
    }
    return singles.withLists(List.copyOf(addresses), List.copyOf(protocols));
  }
}
