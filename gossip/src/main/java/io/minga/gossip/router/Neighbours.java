package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The connected peers and what they have subscribed to. */
final class Neighbours {
  private final RandomGenerator random;
  private final LinkedHashMap<PeerId, Peer> peers = new LinkedHashMap<>();
  private final LinkedHashMap<Topic, LinkedHashSet<Peer>> byTopic = new LinkedHashMap<>();

  Neighbours(RandomGenerator random) {
    this.random = random;
  }

  @Nullable Peer get(PeerId id) {
    return peers.get(id);
  }

  Collection<Peer> all() {
    return peers.values();
  }

  int count() {
    return peers.size();
  }

  void add(Peer peer) {
    peers.put(peer.id, peer);
  }

  void remove(Peer peer) {
    peers.remove(peer.id);
    List.copyOf(peer.topics).forEach(it -> unsubscribe(peer, it));
  }

  /** Whether that is new. */
  boolean subscribe(Peer peer, Topic topic) {
    byTopic.computeIfAbsent(topic, it -> new LinkedHashSet<>()).add(peer);
    return peer.topics.add(topic);
  }

  /** Whether that is new. */
  boolean unsubscribe(Peer peer, Topic topic) {
    Set<Peer> subscribed = byTopic.get(topic);
    if (subscribed != null) {
      subscribed.remove(peer);
      if (subscribed.isEmpty()) {
        byTopic.remove(topic);
      }
    }
    return peer.topics.remove(topic);
  }

  /** Who has subscribed to {@code topic}. */
  Collection<Peer> of(Topic topic) {
    Set<Peer> subscribed = byTopic.get(topic);
    return subscribed == null ? List.of() : subscribed;
  }

  /**
   * At most {@code count} (none if it is negative) of those who have subscribed to {@code topic},
   * drawn at random.
   */
  List<Peer> draw(Topic topic, int count, Predicate<Peer> condition) {
    List<Peer> drawn = new ArrayList<>();
    if (count <= 0) {
      return drawn;
    }
    of(topic).stream().filter(condition).forEach(drawn::add);
    shuffle(drawn);
    return drawn.size() <= count ? drawn : drawn.subList(0, count);
  }

  /** Puts {@code list} into an order drawn at random. */
  void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }
}
