package io.minga.libp2p.identify;

import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says of itself: the message of identify and of its push (libp2p identify). A missing
 * field is null or an empty list. It is only said, not yet believed: see {@link IdentifiedPeer}.
 *
 * @param observedAddress where the sender sees the receiver
 * @param signedPeerRecord an encoded signed envelope
 */
public record IdentifyMessage(
    @Nullable PublicKey publicKey,
    List<Multiaddr> listenAddresses,
    List<String> protocols,
    @Nullable Multiaddr observedAddress,
    @Nullable String protocolVersion,
    @Nullable String agentVersion,
    @Nullable Bytes signedPeerRecord) {
  /** The protocol by which a peer is asked. */
  public static final String PROTOCOL = "/ipfs/id/1.0.0";

  /** The protocol by which a peer says what has changed. */
  public static final String PUSH_PROTOCOL = "/ipfs/id/push/1.0.0";

  /** A message that says nothing. */
  public static final IdentifyMessage EMPTY =
      new IdentifyMessage(null, List.of(), List.of(), null, null, null, null);

  private static final int PUBLIC_KEY = 1;
  private static final int LISTEN_ADDRS = 2;
  private static final int PROTOCOLS = 3;
  private static final int OBSERVED_ADDR = 4;
  private static final int PROTOCOL_VERSION = 5;
  private static final int AGENT_VERSION = 6;
  private static final int SIGNED_PEER_RECORD = 8;

  /** Copies of the lists. */
  public IdentifyMessage {
    listenAddresses = List.copyOf(listenAddresses);
    protocols = List.copyOf(protocols);
  }

  /**
   * Decodes one message, without its length prefix. Addresses that we can't read are skipped: they
   * may be of a transport that we don't know.
   *
   * @throws WireException if the message is malformed or beyond {@code limits}
   */
  public static IdentifyMessage decode(ByteBuffer message, IdentifyLimits limits)
      throws WireException {
    if (message.remaining() > limits.messageBytesMax()) {
      throw new WireException(
          "identify message has %d bytes, may have %d"
              .formatted(message.remaining(), limits.messageBytesMax()));
    }
    PublicKey publicKey = null;
    List<Multiaddr> listenAddresses = new ArrayList<>();
    int addresses = 0;
    int components = 0;
    List<String> protocols = new ArrayList<>();
    Multiaddr observedAddress = null;
    String protocolVersion = null;
    String agentVersion = null;
    Bytes signedPeerRecord = null;
    ProtobufReader in = ProtobufReader.of("identify", message);
    while (in.next()) {
      switch (in.field()) {
        case PUBLIC_KEY -> publicKey = PublicKey.decode(in.bytes(PublicKey.ENCODED_BYTES_MAX));
        case LISTEN_ADDRS -> {
          if (addresses < limits.addressesMax() && components < limits.addressComponentsMax()) {
            Bytes binary = in.bytes(limits.addressBytesMax());
            Multiaddr address = address(binary);
            if (address != null) {
              listenAddresses.add(address);
            }
            addresses++;
            components += address != null ? address.components().size() : componentsMax(binary);
          }
        }
        case PROTOCOLS -> {
          protocols.add(in.string(limits.protocolBytesMax()));
          requireProtocols(protocols.size(), limits);
        }
        case OBSERVED_ADDR -> observedAddress = address(in.bytes(limits.addressBytesMax()));
        case PROTOCOL_VERSION -> protocolVersion = in.string(limits.versionBytesMax());
        case AGENT_VERSION -> agentVersion = in.string(limits.versionBytesMax());
        case SIGNED_PEER_RECORD -> signedPeerRecord = in.bytes(limits.messageBytesMax());
        default -> {}
      }
    }
    return new IdentifyMessage(
        publicKey,
        listenAddresses,
        protocols,
        observedAddress,
        protocolVersion,
        agentVersion,
        signedPeerRecord);
  }

  /** The message, without its length prefix. */
  public Bytes encode() {
    ProtobufWriter out = new ProtobufWriter();
    if (publicKey != null) {
      out.bytes(PUBLIC_KEY, publicKey.encode());
    }
    listenAddresses.forEach(address -> out.bytes(LISTEN_ADDRS, address.toBytes()));
    protocols.forEach(protocol -> out.string(PROTOCOLS, protocol));
    if (observedAddress != null) {
      out.bytes(OBSERVED_ADDR, observedAddress.toBytes());
    }
    if (protocolVersion != null) {
      out.string(PROTOCOL_VERSION, protocolVersion);
    }
    if (agentVersion != null) {
      out.string(AGENT_VERSION, agentVersion);
    }
    if (signedPeerRecord != null) {
      out.bytes(SIGNED_PEER_RECORD, signedPeerRecord);
    }
    return out.toBytes();
  }

  /** What is known once {@code push} is known too: its fields, and ours where it has none. */
  public IdentifyMessage merge(IdentifyMessage push) {
    return new IdentifyMessage(
        push.publicKey != null ? push.publicKey : publicKey,
        push.listenAddresses.isEmpty() ? listenAddresses : push.listenAddresses,
        push.protocols.isEmpty() ? protocols : push.protocols,
        push.observedAddress != null ? push.observedAddress : observedAddress,
        push.protocolVersion != null ? push.protocolVersion : protocolVersion,
        push.agentVersion != null ? push.agentVersion : agentVersion,
        push.signedPeerRecord != null ? push.signedPeerRecord : signedPeerRecord);
  }

  /** This message with other lists. */
  IdentifyMessage withLists(List<Multiaddr> addresses, List<String> names) {
    return new IdentifyMessage(
        publicKey,
        addresses,
        names,
        observedAddress,
        protocolVersion,
        agentVersion,
        signedPeerRecord);
  }

  /**
   * This message within {@code bytesMax}. The single fields always stay, a signed record only if it
   * takes no more than half of what they leave; then listen addresses and protocols, one of each in
   * turn and in their order, until the next one of both does not fit.
   *
   * @throws IllegalArgumentException if the single fields alone are too long
   */
  public IdentifyMessage within(int bytesMax) {
    if (encode().length() <= bytesMax) {
      return this;
    }
    int single = first(0, 0, null).encode().length();
    if (single > bytesMax) {
      throw new IllegalArgumentException(
          "identify's key, versions and observed address take %d bytes, may take %d"
              .formatted(single, bytesMax));
    }
    int signed = first(0, 0, signedPeerRecord).encode().length() - single;
    Bytes envelope = signed <= (bytesMax - single) / 2 ? signedPeerRecord : null;
    int addresses = 0;
    int names = 0;
    boolean more = true;
    while (more) {
      more = false;
      if (addresses < listenAddresses.size()
          && first(addresses + 1, names, envelope).encode().length() <= bytesMax) {
        addresses++;
        more = true;
      }
      if (names < protocols.size()
          && first(addresses, names + 1, envelope).encode().length() <= bytesMax) {
        names++;
        more = true;
      }
    }
    return first(addresses, names, envelope);
  }

  private IdentifyMessage first(int addresses, int names, @Nullable Bytes envelope) {
    return new IdentifyMessage(
        publicKey,
        listenAddresses.subList(0, addresses),
        protocols.subList(0, names),
        observedAddress,
        protocolVersion,
        agentVersion,
        envelope);
  }

  private static @Nullable Multiaddr address(Bytes binary) {
    try {
      return Multiaddr.decode(binary);
    } catch (WireException unreadable) {
      return null;
    }
  }

  /** How many components may have been read of an address before it proved unreadable. */
  private static int componentsMax(Bytes binary) {
    return Math.min(Multiaddr.COMPONENTS_MAX, 1 + binary.length() / 2);
  }

  static void requireProtocols(int count, IdentifyLimits limits) throws WireException {
    if (count > limits.protocolsMax()) {
      throw new WireException("identify names more than " + limits.protocolsMax() + " protocols");
    }
  }
}
