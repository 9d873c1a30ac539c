package io.minga.gossip;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Publish and subscribe among peers, without a server: gossipsub over a host. Safe for any thread;
 * nothing here blocks but {@link #close}.
 *
 * <p>Messages carry their author's signature, which is verified before anybody hears of them, but
 * for those that come from their author itself and are for nobody else. What this peer publishes
 * itself is not delivered to its own listeners.
 */
public interface Gossip extends AutoCloseable {
  /**
   * Has the messages of {@code topic} delivered to {@code listener} from now on.
   *
   * @throws IllegalArgumentException if there are more topics than the options allow
   * @throws IllegalStateException if this is closed
   */
  Subscription subscribe(Topic topic, MessageListener listener);

  /**
   * Says {@code data} to all who subscribe to {@code topic}, which this peer need not do itself. It
   * is signed on the caller's thread, and messages of one thread keep their order.
   *
   * <p>The future completes once the message is on its way. While most peers of the topic are
   * behind with what they get, that waits; when too many wait, the next are refused as BUSY. So
   * whoever keeps a few hundred unanswered at a time goes as fast as the peers can take it.
   */
  CompletableFuture<PublishResult> publish(Topic topic, Bytes data);

  /**
   * Has the messages of {@code topic} judged by {@code validator}, in place of one before, after
   * their signature is found good and before they are delivered and handed on.
   */
  void setValidator(Topic topic, Validator validator);

  /** Lets all messages of {@code topic} pass that are signed by their author. */
  void removeValidator(Topic topic);

  /** The peers that subscribe to {@code topic}. */
  CompletableFuture<List<PeerId>> subscribers(Topic topic);

  /** Tells {@code listener} of peers' subscriptions that come and go from now on. */
  void onPeerSubscription(PeerSubscriptionListener listener);

  /**
   * Has messages always go to {@code peer}, and nothing that it does held against it; it is
   * connected if it is not. Both sides should agree on that.
   *
   * @return fails with an {@link IllegalArgumentException} if there are more than the options allow
   */
  CompletableFuture<Void> addDirectPeer(PeerId peer);

  /** Makes {@code peer} one like others again. */
  CompletableFuture<Void> removeDirectPeer(PeerId peer);

  /** What the application thinks of {@code peer}, which is connected: P5 of its score. */
  CompletableFuture<Void> setApplicationScore(PeerId peer, double score);

  /** How things are now: counters, peers with their scores, topics with their meshes. */
  CompletableFuture<GossipStats> stats();

  /**
   * Unsubscribes from all topics, closes the streams to all peers and waits until that is said. The
   * host goes on. What is not published yet is refused as CLOSED.
   */
  @Override
  void close();
}
