package io.minga.gossip.netty;

import io.minga.gossip.MessageListener;
import io.minga.gossip.PeerSubscriptionListener;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who in the application is told of what. Safe for any thread. */
final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final int topicsMax;
  private final Map<Topic, List<MessageListener>> ofMessages = new ConcurrentHashMap<>();
  private final List<PeerSubscriptionListener> ofPeers = new CopyOnWriteArrayList<>();
  private final AtomicLong failures = new AtomicLong();

  Listeners(int topicsMax) {
    this.topicsMax = topicsMax;
  }

  /** Adds {@code listener}, and says whether it is the first of {@code topic}. */
  synchronized boolean add(Topic topic, MessageListener listener) {
    List<MessageListener> before = ofMessages.get(topic);
    if (before == null && ofMessages.size() >= topicsMax) {
      throw new IllegalArgumentException(
          "subscribed to " + topicsMax + " topics, which is the limit; unsubscribe from one");
    }
    List<MessageListener> listeners = before == null ? new ArrayList<>() : new ArrayList<>(before);
    listeners.add(listener);
    ofMessages.put(topic, List.copyOf(listeners));
    return before == null;
  }

  /** Takes {@code listener} away, and says whether it was the last of {@code topic}. */
  synchronized boolean remove(Topic topic, MessageListener listener) {
    List<MessageListener> listeners = new ArrayList<>(ofMessages.getOrDefault(topic, List.of()));
    if (!listeners.remove(listener)) {
      return false;
    }
    if (listeners.isEmpty()) {
      ofMessages.remove(topic);
      return true;
    }
    ofMessages.put(topic, List.copyOf(listeners));
    return false;
  }

  /** Whether anybody wants the messages of {@code topic}. */
  boolean want(Topic topic) {
    return ofMessages.containsKey(topic);
  }

  void add(PeerSubscriptionListener listener) {
    ofPeers.add(listener);
  }

  void received(ReceivedMessage message) {
    for (MessageListener listener : ofMessages.getOrDefault(message.topic(), List.of())) {
      try {
        listener.received(message);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  void changed(PeerId peer, Topic topic, boolean subscribed) {
    for (PeerSubscriptionListener listener : ofPeers) {
      try {
        listener.changed(peer, topic, subscribed);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  /** Peers bring it about as often as they send messages, so it is told aloud once. */
  private void failed(RuntimeException e) {
    if (failures.getAndIncrement() == 0) {
      LOG.warn("a listener of gossip failed; further failures are only counted", e);
    } else {
      LOG.debug("a listener of gossip failed", e);
    }
  }

  long failures() {
    return failures.get();
  }
}
