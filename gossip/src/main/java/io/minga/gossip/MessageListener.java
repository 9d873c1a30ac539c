package io.minga.gossip;

/** Who gets the messages of a topic. */
@FunctionalInterface
public interface MessageListener {
  /**
   * A message was accepted; each comes once. Called on the loop that does all the gossip, so it
   * must not block: {@link MessageQueue} is for those who want to.
   */
  void received(ReceivedMessage message);
}
