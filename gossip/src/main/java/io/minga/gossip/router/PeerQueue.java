package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.rpc.Fragments;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.libp2p.identity.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What one peer has yet to get: control first, then our own messages, then those of others.
 *
 * <p>Subscriptions, GRAFT and PRUNE are never dropped. Only the last word on each topic counts, so
 * they can't be more than our topics. IHAVE, IWANT and IDONTWANT are not made at all for a peer
 * that doesn't keep up, and messages beyond the limits are dropped and counted.
 */
final class PeerQueue {
  private final PeerId peer;
  private final GossipOptions.Limits limits;
  private final Counters counters;
  private final LinkedHashMap<Topic, Boolean> subscriptions = new LinkedHashMap<>();
  private final LinkedHashSet<Topic> grafts = new LinkedHashSet<>();
  private final LinkedHashMap<Topic, Prune> prunes = new LinkedHashMap<>();
  private final List<IHave> ihaves = new ArrayList<>(0);
  private final List<MessageId> iwants = new ArrayList<>(0);
  private final List<MessageId> idontwants = new ArrayList<>(0);
  private final ArrayDeque<Message> own = new ArrayDeque<>(1);
  private final ArrayDeque<Message> forwards = new ArrayDeque<>(1);
  private int queuedBytes;
  private int inFlightBytes;

  /** Whether the peer is among those to be flushed: {@link PeerQueues} keeps it. */
  boolean isListed;

  PeerQueue(PeerId peer, GossipOptions.Limits limits, Counters counters) {
    this.peer = peer;
    this.limits = limits;
    this.counters = counters;
  }

  void subscription(boolean subscribe, Topic topic) {
    subscriptions.remove(topic);
    subscriptions.put(topic, subscribe);
  }

  void graft(Topic topic) {
    prunes.remove(topic);
    grafts.add(topic);
  }

  void prune(Prune prune) {
    grafts.remove(prune.topic());
    prunes.put(prune.topic(), prune);
  }

  boolean ihave(Topic topic, List<MessageId> ids) {
    return keepsUp() && ihaves.add(new IHave(topic, ids));
  }

  boolean iwant(List<MessageId> ids) {
    return keepsUp() && iwants.addAll(ids);
  }

  boolean idontwant(MessageId id) {
    return keepsUp() && idontwants.add(id);
  }

  void own(Message message) {
    if (own.size() >= limits.queuedOwnMax() || !hasRoom(message)) {
      counters.add(Counter.OWN_MESSAGES_DROPPED);
      return;
    }
    own.add(message);
    queuedBytes += message.heldBytes();
  }

  void forward(Message message) {
    if (forwards.size() >= limits.queuedForwardsMax() || !hasRoom(message)) {
      counters.add(Counter.FORWARDS_DROPPED);
      return;
    }
    forwards.add(message);
    queuedBytes += message.heldBytes();
  }

  private boolean hasRoom(Message message) {
    return message.heldBytes() <= limits.queuedBytesMax() - queuedBytes;
  }

  private boolean keepsUp() {
    if (inFlightBytes < limits.inFlightBytesMax()) {
      return true;
    }
    counters.add(Counter.GOSSIP_SKIPPED);
    return false;
  }

  /** {@code bytes} of what was flushed are written. */
  void sent(int bytes) {
    if (bytes < 0 || bytes > inFlightBytes) {
      throw new IllegalArgumentException(
          "sent " + bytes + " B to " + peer + ", which awaits " + inFlightBytes);
    }
    inFlightBytes -= bytes;
  }

  /** How full it is, see {@link GossipRouter#queueLevel}. */
  double level() {
    double messages = (double) own.size() / limits.queuedOwnMax();
    return Math.max(messages, (double) queuedBytes / limits.queuedBytesMax());
  }

  /** How many messages wait. */
  int messageCount() {
    return own.size() + forwards.size();
  }

  /** Names what may go now. */
  void flush(SharedRpc shared, List<Effect> effects) {
    while (inFlightBytes < limits.inFlightBytesMax()) {
      boolean hasControl = hasControl();
      if (!hasControl && messageCount() == 0) {
        return;
      }
      if (!hasControl && messageCount() == 1) {
        shared.of(takeMessage());
        send(shared.rpc(), shared.length(), effects);
      } else {
        pack(effects);
      }
    }
  }

  private boolean hasControl() {
    return !subscriptions.isEmpty()
        || !grafts.isEmpty()
        || !prunes.isEmpty()
        || !ihaves.isEmpty()
        || !iwants.isEmpty()
        || !idontwants.isEmpty();
  }

  /** All control, and as many messages as go into one RPC with it. */
  private void pack(List<Effect> effects) {
    List<Subscription> announced = takeSubscriptions();
    Control control = takeControl();
    int bytes = RpcCodec.length(new Rpc(announced, List.of(), control));
    List<Message> messages = new ArrayList<>();
    while (messageCount() > 0) {
      Message next = own.isEmpty() ? forwards.element() : own.element();
      int length = RpcCodec.length(next);
      if (bytes > 0 && bytes + length > limits.rpcBytesMax()) {
        break;
      }
      messages.add(takeMessage());
      bytes += length;
    }
    for (Rpc rpc : Fragments.split(new Rpc(announced, messages, control), limits.rpcBytesMax())) {
      send(rpc, RpcCodec.length(rpc), effects);
    }
  }

  private void send(Rpc rpc, int bytes, List<Effect> effects) {
    inFlightBytes += bytes;
    effects.add(new Effect.Send(peer, rpc, bytes));
  }

  private Message takeMessage() {
    Message message = own.isEmpty() ? forwards.remove() : own.remove();
    queuedBytes -= message.heldBytes();
    return message;
  }

  private List<Subscription> takeSubscriptions() {
    List<Subscription> taken = new ArrayList<>(subscriptions.size());
    for (Map.Entry<Topic, Boolean> it : subscriptions.entrySet()) {
      taken.add(new Subscription(it.getValue(), it.getKey()));
    }
    subscriptions.clear();
    return taken;
  }

  private Control takeControl() {
    Control control =
        new Control(
            ihaves,
            iwants.isEmpty() ? List.of() : List.of(new IWant(iwants)),
            grafts.stream().map(Graft::new).toList(),
            List.copyOf(prunes.values()),
            idontwants.isEmpty() ? List.of() : List.of(new IDontWant(idontwants)));
    ihaves.clear();
    iwants.clear();
    grafts.clear();
    prunes.clear();
    idontwants.clear();
    return control;
  }
}
