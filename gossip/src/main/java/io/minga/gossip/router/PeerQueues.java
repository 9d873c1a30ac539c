package io.minga.gossip.router;

import io.minga.gossip.router.Gossipsub.Effect;
import java.util.ArrayList;
import java.util.List;

/** Which peers have got something new to be sent, so that the others need not be looked at. */
final class PeerQueues {
  private final List<PeerQueue> listed = new ArrayList<>();
  private final SharedRpc shared = new SharedRpc();

  /** The queue of {@code peer}, which is flushed at the end of this input. */
  PeerQueue of(Peer peer) {
    PeerQueue queue = peer.queue;
    if (!queue.isListed) {
      queue.isListed = true;
      listed.add(queue);
    }
    return queue;
  }

  void flush(List<Effect> effects) {
    for (PeerQueue queue : listed) {
      queue.isListed = false;
      queue.flush(shared, effects);
    }
    listed.clear();
  }

  /** Forgets {@code peer}, which is gone. */
  void forget(Peer peer) {
    listed.remove(peer.queue);
  }
}
