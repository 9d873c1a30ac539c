package io.minga.gossip.netty;

import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.libp2p.Connection;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peer with its connections, its two streams, and what is about to leave for it. */
final class GossipPeer {
  final PeerId id;

  /** All that are open, the oldest first; it is one peer whatever their number. */
  final List<Connection> connections = new ArrayList<>(1);

  @Nullable InboundStream inbound;
  @Nullable OutboundStream outbound;
  boolean isOpening;

  /** Whether it has said that it speaks gossip, or may. */
  boolean speaks;

  /** How often the stream to it was opened anew. */
  int reopens;

  long openedNanos;

  /** When something that was sent to it last left. */
  long sentNanos;

  /** The protocol that it speaks while the router knows it, else null. */
  @Nullable Protocol protocol;

  /** Which time this is that the router knows it: what was sent before is of no interest. */
  int epoch;

  Bytes signedRecord = Bytes.EMPTY;

  @Nullable ByteBuf outbox;
  int outboxBytes;
  boolean isListed;

  GossipPeer(PeerId id) {
    this.id = id;
  }

  /** One of its connections that is open. */
  @Nullable Connection connection() {
    for (Connection connection : connections) {
      if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  /** Throws away what has not left. */
  void clearOutbox() {
    if (outbox != null) {
      outbox.release();
      outbox = null;
    }
    outboxBytes = 0;
  }
}
