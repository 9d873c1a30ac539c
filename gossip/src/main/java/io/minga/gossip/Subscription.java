package io.minga.gossip;

import io.minga.gossip.message.Topic;

/** That a listener gets the messages of a topic, until it is closed. */
public interface Subscription extends AutoCloseable {
  /** The topic. */
  Topic topic();

  /** Ends it. After the last one of its topic, peers are told that we unsubscribe. */
  @Override
  void close();
}
