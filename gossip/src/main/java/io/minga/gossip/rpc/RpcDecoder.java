package io.minga.gossip.rpc;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one RPC. What its objects will take is counted against a budget before each is made, so
 * that a frame of a million empty entries costs no more than any other of its length.
 */
final class RpcDecoder {
  /** What a frame's objects may take: so many bytes a byte of it, and so many more. */
  private static final int BUDGET_FACTOR = 6;

  private static final int BUDGET_SLACK_BYTES = 32 * 1024;

  /** The reader, object, lists and slots of an entry, roughly. */
  private static final int ENTRY_BYTES = 128;

  /** The objects around some bytes, roughly; the bytes themselves are counted apart. */
  private static final int VALUE_BYTES = 64;

  private final RpcLimits limits;
  private final ByteBuffer frame;
  private int budgetBytes;
  private int idsLeft;
  private int peersLeft;
  private int controlEntriesLeft;

  private final List<Subscription> subscriptions = new ArrayList<>(0);
  private final List<Message> messages = new ArrayList<>(1);
  private final List<IHave> ihave = new ArrayList<>(0);
  private final List<IWant> iwant = new ArrayList<>(0);
  private final List<Graft> graft = new ArrayList<>(0);
  private final List<Prune> prune = new ArrayList<>(0);
  private final List<IDontWant> idontwant = new ArrayList<>(0);

  RpcDecoder(RpcLimits limits, ByteBuffer frame) {
    this.limits = limits;
    this.frame = frame;
    this.idsLeft = limits.idsMax();
    this.peersLeft = limits.peersMax();
    this.controlEntriesLeft = limits.controlEntriesMax();
  }

  Rpc decode() throws WireException {
    int length = frame.remaining();
    if (length > limits.rpcBytesMax()) {
      throw new WireException("RPC has " + length + " bytes, may have " + limits.rpcBytesMax());
    }
    budgetBytes = BUDGET_FACTOR * length + BUDGET_SLACK_BYTES;
    ProtobufReader in = ProtobufReader.of("RPC", frame);
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.RPC_SUBSCRIPTION -> {
          requireRoom(in, subscriptions.size() < limits.subscriptionsMax(), "subscriptions");
          subscriptions.add(subscription(entry(in, "subscription")));
        }
        case RpcCodec.RPC_PUBLISH -> {
          requireRoom(in, messages.size() < limits.messagesMax(), "messages");
          messages.add(message(entry(in, "message")));
        }
        case RpcCodec.RPC_CONTROL -> control(entry(in, "control"));
        default -> {}
      }
    }
    boolean uncontrolled = controlEntriesLeft == limits.controlEntriesMax();
    return new Rpc(
        subscriptions,
        messages,
        uncontrolled ? Control.NONE : new Control(ihave, iwant, graft, prune, idontwant));
  }

  private Subscription subscription(ProtobufReader in) throws WireException {
    boolean subscribe = false;
    @Nullable Topic topic = null;
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.SUBSCRIPTION_SUBSCRIBE -> subscribe = in.bool();
        case RpcCodec.SUBSCRIPTION_TOPIC -> topic = topic(in);
        default -> {}
      }
    }
    return new Subscription(subscribe, require(topic, "subscription"));
  }

  private Message message(ProtobufReader in) throws WireException {
    Bytes from = Bytes.EMPTY;
    Bytes data = Bytes.EMPTY;
    Bytes seqno = Bytes.EMPTY;
    @Nullable Topic topic = null;
    Bytes signature = Bytes.EMPTY;
    Bytes key = Bytes.EMPTY;
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.MESSAGE_FROM -> from = value(in, PeerId.BYTES_MAX);
        case RpcCodec.MESSAGE_DATA -> data = value(in, limits.rpcBytesMax());
        case RpcCodec.MESSAGE_SEQNO -> seqno = value(in, limits.idBytesMax());
        case RpcCodec.MESSAGE_TOPIC -> topic = topic(in);
        case RpcCodec.MESSAGE_SIGNATURE -> signature = value(in, limits.signatureBytesMax());
        case RpcCodec.MESSAGE_KEY -> key = value(in, PublicKey.ENCODED_BYTES_MAX);
        default -> {}
      }
    }
    return new Message(from, data, seqno, require(topic, "message"), signature, key);
  }

  private void control(ProtobufReader in) throws WireException {
    while (in.next()) {
      if (in.field() < RpcCodec.CONTROL_IHAVE || in.field() > RpcCodec.CONTROL_IDONTWANT) {
        continue;
      }
      requireRoom(in, controlEntriesLeft-- > 0, "control messages");
      switch (in.field()) {
        case RpcCodec.CONTROL_IHAVE -> ihave(entry(in, "IHAVE"));
        case RpcCodec.CONTROL_IWANT -> iwant.add(new IWant(ids(entry(in, "IWANT"))));
        case RpcCodec.CONTROL_GRAFT -> graft.add(graft(entry(in, "GRAFT")));
        case RpcCodec.CONTROL_PRUNE -> prune.add(prune(entry(in, "PRUNE")));
        default -> idontwant.add(new IDontWant(ids(entry(in, "IDONTWANT"))));
      }
    }
  }

  private void ihave(ProtobufReader in) throws WireException {
    @Nullable Topic topic = null;
    List<MessageId> ids = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.IHAVE_TOPIC -> topic = topic(in);
        case RpcCodec.IHAVE_ID -> ids.add(id(in));
        default -> {}
      }
    }
    ihave.add(new IHave(require(topic, "IHAVE"), ids));
  }

  private List<MessageId> ids(ProtobufReader in) throws WireException {
    List<MessageId> ids = new ArrayList<>();
    while (in.next()) {
      if (in.field() == RpcCodec.IDS_ID) {
        ids.add(id(in));
      }
    }
    return ids;
  }

  private Graft graft(ProtobufReader in) throws WireException {
    @Nullable Topic topic = null;
    while (in.next()) {
      if (in.field() == RpcCodec.GRAFT_TOPIC) {
        topic = topic(in);
      }
    }
    return new Graft(require(topic, "GRAFT"));
  }

  private Prune prune(ProtobufReader in) throws WireException {
    @Nullable Topic topic = null;
    List<PeerInfo> peers = new ArrayList<>(0);
    long backoffSeconds = 0;
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.PRUNE_TOPIC -> topic = topic(in);
        case RpcCodec.PRUNE_PEER -> {
          requireRoom(in, peersLeft-- > 0, "recommended peers");
          peers.add(peer(entry(in, "peer of a PRUNE")));
        }
        case RpcCodec.PRUNE_BACKOFF -> backoffSeconds = in.uint64();
        default -> {}
      }
    }
    return new Prune(require(topic, "PRUNE"), peers, backoffSeconds);
  }

  private PeerInfo peer(ProtobufReader in) throws WireException {
    Bytes id = Bytes.EMPTY;
    Bytes signedRecord = Bytes.EMPTY;
    while (in.next()) {
      switch (in.field()) {
        case RpcCodec.PEER_ID -> id = value(in, PeerId.BYTES_MAX);
        case RpcCodec.PEER_SIGNED_RECORD -> signedRecord = value(in, limits.signedRecordBytesMax());
        default -> {}
      }
    }
    return new PeerInfo(id, signedRecord);
  }

  private MessageId id(ProtobufReader in) throws WireException {
    requireRoom(in, idsLeft-- > 0, "message ids");
    Bytes id = value(in, limits.idBytesMax());
    if (id.isEmpty()) {
      throw in.violation("a message id has at least one byte, this has none");
    }
    return MessageId.of(id);
  }

  private Topic topic(ProtobufReader in) throws WireException {
    Bytes name = value(in, limits.topicBytesMax());
    if (name.isEmpty()) {
      throw in.violation("a topic's name has at least one byte, this has none");
    }
    return Topic.of(name);
  }

  private Bytes value(ProtobufReader in, int max) throws WireException {
    spend(in, VALUE_BYTES);
    Bytes value = in.bytes(max);
    spend(in, value.length());
    return value;
  }

  private ProtobufReader entry(ProtobufReader in, String name) throws WireException {
    spend(in, ENTRY_BYTES);
    return in.message(name, limits.rpcBytesMax());
  }

  private void spend(ProtobufReader in, int bytes) throws WireException {
    budgetBytes -= bytes;
    if (budgetBytes < 0) {
      throw in.violation("an RPC of this length should have fewer and longer entries");
    }
  }

  private static void requireRoom(ProtobufReader in, boolean hasRoom, String what)
      throws WireException {
    if (!hasRoom) {
      throw in.violation("more " + what + " than an RPC may have");
    }
  }

  private static Topic require(@Nullable Topic topic, String name) throws WireException {
    if (topic == null) {
      throw new WireException(name + " lacks its topic");
    }
    return topic;
  }
}
