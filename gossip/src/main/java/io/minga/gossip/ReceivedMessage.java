package io.minga.gossip;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/**
 * A message that a peer brought. Its author has signed it, or is that peer itself, whom the
 * connection has proven.
 *
 * @param receivedFrom who brought it first, which need not be its author
 */
public record ReceivedMessage(PeerId receivedFrom, MessageId id, Message message) {
  /** What it is about. */
  public Topic topic() {
    return message.topic();
  }

  /** What it says. */
  public Bytes data() {
    return message.data();
  }

  /** Who wrote and signed it. */
  public PeerId author() {
    try {
      return PeerId.decode(message.from());
    } catch (WireException e) {
      throw new IllegalStateException("a message without author can't have been verified", e);
    }
  }
}
