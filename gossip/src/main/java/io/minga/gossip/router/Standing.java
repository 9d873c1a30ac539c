package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** What counts for and against one peer; it outlives the peer's connection. */
final class Standing {
  final PeerId peer;
  final @Nullable IpAddress address;
  final LinkedHashMap<Topic, InTopic> topics = new LinkedHashMap<>();
  double behaviour;
  double application;

  /** The score when it was last computed, and whether something has changed since. */
  double score;

  boolean isStale = true;

  /** When a peer that is gone is forgotten. */
  long forgottenNanos;

  Standing(PeerId peer, @Nullable IpAddress address) {
    this.peer = peer;
    this.address = address;
  }

  /** The same at another address. */
  Standing at(@Nullable IpAddress other) {
    Standing moved = new Standing(peer, other);
    moved.topics.putAll(topics);
    moved.behaviour = behaviour;
    moved.application = application;
    return moved;
  }

  InTopic in(Topic topic) {
    return topics.computeIfAbsent(topic, it -> new InTopic());
  }

  /** The same in one topic. */
  static final class InTopic {
    int heartbeatsInMesh;
    double firstMessages;
    double invalidMessages;

    /** Withheld messages in a row that it neither brought nor asked for. */
    double muteMessages;

    /** Whether it hands messages on; null outside the mesh. */
    @Nullable Silence silence;

    boolean inMesh() {
      return silence != null;
    }

    boolean isNothing() {
      return !inMesh() && firstMessages == 0 && invalidMessages == 0 && muteMessages == 0;
    }
  }
}
