package io.minga.gossip;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;

/** Who is told what topics peers are in. Called on the gossip loop; must not block. */
@FunctionalInterface
public interface PeerSubscriptionListener {
  /**
   * {@code peer} subscribes to {@code topic}, or no longer does. One that disconnects says nothing.
   */
  void changed(PeerId peer, Topic topic, boolean subscribed);
}
