package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of the last heartbeats, to announce and to send to who asks for them. */
final class MessageCache {
  private final GossipOptions.Lazy lazy;
  private final GossipOptions.Limits limits;
  private final LinkedHashMap<MessageId, Entry> entries = new LinkedHashMap<>();

  /** What came in each of the last heartbeats, the latest last. */
  private final ArrayDeque<List<Entry>> windows = new ArrayDeque<>();

  private List<Entry> current = new ArrayList<>();
  private int heldBytes;

  MessageCache(GossipOptions.Lazy lazy, GossipOptions.Limits limits) {
    this.lazy = lazy;
    this.limits = limits;
    windows.add(current);
  }

  /** One message and what peers did about it. */
  static final class Entry {
    final MessageId id;
    final Message message;
    private @Nullable LinkedHashMap<PeerId, Integer> sent;
    private boolean isEvicted;

    Entry(MessageId id, Message message) {
      this.id = id;
      this.message = message;
    }

    /** Whether {@code peer} may have the message once more; counts that it gets it. */
    boolean takeRetransmission(Peer peer, int countMax) {
      if (sent == null) {
        sent = new LinkedHashMap<>(4);
      }
      return sent.merge(peer.id, 1, Integer::sum) <= countMax;
    }
  }

  void put(MessageId id, Message message) {
    Entry entry = new Entry(id, message);
    entries.put(id, entry);
    current.add(entry);
    heldBytes += message.heldBytes();
    Iterator<Entry> eldest = entries.values().iterator();
    while (entries.size() > limits.cachedMessagesMax() || heldBytes > limits.cachedBytesMax()) {
      Entry evicted = eldest.next();
      evicted.isEvicted = true;
      heldBytes -= evicted.message.heldBytes();
      eldest.remove();
    }
  }

  @Nullable Entry get(MessageId id) {
    return entries.get(id);
  }

  /** The ids of {@code topic} in the heartbeats that are announced. */
  List<MessageId> announced(Topic topic) {
    List<MessageId> ids = new ArrayList<>();
    int skipped = windows.size() - lazy.historyGossip();
    for (List<Entry> window : windows) {
      if (skipped-- > 0) {
        continue;
      }
      for (Entry entry : window) {
        if (!entry.isEvicted && entry.message.topic().equals(topic)) {
          ids.add(entry.id);
        }
      }
    }
    return ids;
  }

  int size() {
    return entries.size();
  }

  int heldBytes() {
    return heldBytes;
  }

  /** Begins a new heartbeat and forgets the eldest. */
  void shift() {
    current = new ArrayList<>();
    windows.add(current);
    if (windows.size() <= lazy.historyLength()) {
      return;
    }
    for (Entry entry : windows.remove()) {
      if (!entry.isEvicted) {
        entries.remove(entry.id);
        heldBytes -= entry.message.heldBytes();
      }
    }
  }
}
