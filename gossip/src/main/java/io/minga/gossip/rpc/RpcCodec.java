package io.minga.gossip.rpc;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The protobuf form of an {@link Rpc} (pubsub and gossipsub v1.0 to v1.2). Its length is known
 * before it is written, so that it goes straight into the buffer that is sent.
 */
public final class RpcCodec {
  static final int RPC_SUBSCRIPTION = 1;
  static final int RPC_PUBLISH = 2;
  static final int RPC_CONTROL = 3;
  static final int SUBSCRIPTION_SUBSCRIBE = 1;
  static final int SUBSCRIPTION_TOPIC = 2;
  static final int MESSAGE_FROM = 1;
  static final int MESSAGE_DATA = 2;
  static final int MESSAGE_SEQNO = 3;
  static final int MESSAGE_TOPIC = 4;
  static final int MESSAGE_SIGNATURE = 5;
  static final int MESSAGE_KEY = 6;
  static final int CONTROL_IHAVE = 1;
  static final int CONTROL_IWANT = 2;
  static final int CONTROL_GRAFT = 3;
  static final int CONTROL_PRUNE = 4;
  static final int CONTROL_IDONTWANT = 5;
  static final int IHAVE_TOPIC = 1;
  static final int IHAVE_ID = 2;
  static final int IDS_ID = 1;
  static final int GRAFT_TOPIC = 1;
  static final int PRUNE_TOPIC = 1;
  static final int PRUNE_PEER = 2;
  static final int PRUNE_BACKOFF = 3;
  static final int PEER_ID = 1;
  static final int PEER_SIGNED_RECORD = 2;

  private static final int WIRE_TYPE_VARINT = 0;
  private static final int WIRE_TYPE_DELIMITED = 2;

  /** The longest backoff that a varint of 63 bits holds; nobody says one like it. */
  private static final long BACKOFF_SECONDS_MAX = Long.MAX_VALUE;

  private RpcCodec() {}

  /**
   * Decodes what remains of {@code frame}, whose position does not move and which is not kept.
   *
   * @throws WireException if it is malformed or has more than {@code limits} allow
   */
  public static Rpc decode(RpcLimits limits, ByteBuffer frame) throws WireException {
    return new RpcDecoder(limits, frame).decode();
  }

  /** The bytes of {@code rpc}, without a length before them. */
  public static Bytes encode(Rpc rpc) {
    ByteBuffer out = ByteBuffer.allocate(length(rpc));
    encode(rpc, out);
    return Bytes.copyOf(out.flip());
  }

  /** Writes {@code rpc}, {@link #length} bytes of it, at the position of {@code out}. */
  public static void encode(Rpc rpc, ByteBuffer out) {
    for (Subscription subscription : rpc.subscriptions()) {
      delimited(RPC_SUBSCRIPTION, contentLength(subscription), out);
      tag(SUBSCRIPTION_SUBSCRIBE, WIRE_TYPE_VARINT, out);
      out.put((byte) (subscription.subscribe() ? 1 : 0));
      bytes(SUBSCRIPTION_TOPIC, subscription.topic().name(), out);
    }
    for (Message message : rpc.messages()) {
      encode(message, out);
    }
    if (!rpc.control().isEmpty()) {
      delimited(RPC_CONTROL, contentLength(rpc.control()), out);
      encode(rpc.control(), out);
    }
  }

  /** How many bytes {@code rpc} takes. */
  public static int length(Rpc rpc) {
    int length = 0;
    for (Subscription subscription : rpc.subscriptions()) {
      length += length(subscription);
    }
    for (Message message : rpc.messages()) {
      length += length(message);
    }
    return length + length(rpc.control());
  }

  /** How many bytes {@code message} adds to an RPC. */
  public static int length(Message message) {
    return delimitedLength(contentLength(message));
  }

  /** How many bytes {@code subscription} adds to an RPC. */
  static int length(Subscription subscription) {
    return delimitedLength(contentLength(subscription));
  }

  /** How many bytes {@code control} adds to an RPC. */
  static int length(Control control) {
    return control.isEmpty() ? 0 : delimitedLength(contentLength(control));
  }

  /** How many bytes {@code id} adds to a list of ids. */
  static int length(MessageId id) {
    return delimitedLength(id.bytes().length());
  }

  /** How many bytes {@code prune} adds to the control of an RPC. */
  static int length(Prune prune) {
    return delimitedLength(contentLength(prune));
  }

  private static void encode(Message message, ByteBuffer out) {
    delimited(RPC_PUBLISH, contentLength(message), out);
    bytes(MESSAGE_FROM, message.from(), out);
    bytes(MESSAGE_DATA, message.data(), out);
    bytes(MESSAGE_SEQNO, message.seqno(), out);
    bytes(MESSAGE_TOPIC, message.topic().name(), out);
    bytes(MESSAGE_SIGNATURE, message.signature(), out);
    if (!message.key().isEmpty()) {
      bytes(MESSAGE_KEY, message.key(), out);
    }
  }

  private static void encode(Control control, ByteBuffer out) {
    for (IHave ihave : control.ihave()) {
      delimited(CONTROL_IHAVE, contentLength(ihave), out);
      bytes(IHAVE_TOPIC, ihave.topic().name(), out);
      ids(IHAVE_ID, ihave.ids(), out);
    }
    for (Rpc.IWant iwant : control.iwant()) {
      delimited(CONTROL_IWANT, idsLength(iwant.ids()), out);
      ids(IDS_ID, iwant.ids(), out);
    }
    for (Rpc.Graft graft : control.graft()) {
      delimited(CONTROL_GRAFT, delimitedLength(graft.topic().name().length()), out);
      bytes(GRAFT_TOPIC, graft.topic().name(), out);
    }
    for (Prune prune : control.prune()) {
      delimited(CONTROL_PRUNE, contentLength(prune), out);
      encode(prune, out);
    }
    for (Rpc.IDontWant idontwant : control.idontwant()) {
      delimited(CONTROL_IDONTWANT, idsLength(idontwant.ids()), out);
      ids(IDS_ID, idontwant.ids(), out);
    }
  }

  private static void encode(Prune prune, ByteBuffer out) {
    bytes(PRUNE_TOPIC, prune.topic().name(), out);
    for (PeerInfo peer : prune.peers()) {
      delimited(PRUNE_PEER, contentLength(peer), out);
      bytes(PEER_ID, peer.id(), out);
      if (!peer.signedRecord().isEmpty()) {
        bytes(PEER_SIGNED_RECORD, peer.signedRecord(), out);
      }
    }
    if (prune.backoffSeconds() != 0) {
      tag(PRUNE_BACKOFF, WIRE_TYPE_VARINT, out);
      Uvarint.encode(backoffSeconds(prune), out);
    }
  }

  private static int contentLength(Subscription subscription) {
    return 2 + delimitedLength(subscription.topic().name().length());
  }

  private static int contentLength(Message message) {
    int length =
        delimitedLength(message.from().length())
            + delimitedLength(message.data().length())
            + delimitedLength(message.seqno().length())
            + delimitedLength(message.topic().name().length())
            + delimitedLength(message.signature().length());
    return message.key().isEmpty() ? length : length + delimitedLength(message.key().length());
  }

  private static int contentLength(Control control) {
    int length = 0;
    for (IHave ihave : control.ihave()) {
      length += delimitedLength(contentLength(ihave));
    }
    for (Rpc.IWant iwant : control.iwant()) {
      length += delimitedLength(idsLength(iwant.ids()));
    }
    for (Rpc.Graft graft : control.graft()) {
      length += delimitedLength(delimitedLength(graft.topic().name().length()));
    }
    for (Prune prune : control.prune()) {
      length += length(prune);
    }
    for (Rpc.IDontWant idontwant : control.idontwant()) {
      length += delimitedLength(idsLength(idontwant.ids()));
    }
    return length;
  }

  private static int contentLength(IHave ihave) {
    return delimitedLength(ihave.topic().name().length()) + idsLength(ihave.ids());
  }

  private static int contentLength(Prune prune) {
    int length = delimitedLength(prune.topic().name().length());
    for (PeerInfo peer : prune.peers()) {
      length += delimitedLength(contentLength(peer));
    }
    return prune.backoffSeconds() == 0
        ? length
        : length + 1 + Uvarint.length(backoffSeconds(prune));
  }

  private static int contentLength(PeerInfo peer) {
    int length = delimitedLength(peer.id().length());
    return peer.signedRecord().isEmpty()
        ? length
        : length + delimitedLength(peer.signedRecord().length());
  }

  private static int idsLength(List<MessageId> ids) {
    int length = 0;
    for (MessageId id : ids) {
      length += length(id);
    }
    return length;
  }

  private static long backoffSeconds(Prune prune) {
    return prune.backoffSeconds() < 0 ? BACKOFF_SECONDS_MAX : prune.backoffSeconds();
  }

  /** All fields here have numbers under 16, whose tags are one byte. */
  private static int delimitedLength(int contentLength) {
    return 1 + Uvarint.length(contentLength) + contentLength;
  }

  private static void ids(int field, List<MessageId> ids, ByteBuffer out) {
    for (MessageId id : ids) {
      bytes(field, id.bytes(), out);
    }
  }

  private static void bytes(int field, Bytes value, ByteBuffer out) {
    delimited(field, value.length(), out);
    value.writeTo(out);
  }

  private static void delimited(int field, int contentLength, ByteBuffer out) {
    tag(field, WIRE_TYPE_DELIMITED, out);
    Uvarint.encode(contentLength, out);
  }

  private static void tag(int field, int wireType, ByteBuffer out) {
    out.put((byte) (field << 3 | wireType));
  }
}
