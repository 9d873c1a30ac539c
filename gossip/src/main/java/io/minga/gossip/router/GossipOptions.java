package io.minga.gossip.router;

import io.minga.gossip.message.MessageIdFunction;
import io.minga.gossip.message.Topic;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * The parameters and limits of a router. Everything that a peer could make grow is bounded here.
 *
 * @param messageId how messages are recognised
 * @param subscriptionFilter which topics of peers are worth remembering
 * @param floodPublish whether our own messages go to all peers of their topic
 * @param peerExchange whether a PRUNE of ours recommends other peers
 */
public record GossipOptions(
    Degrees degrees,
    Times times,
    Lazy lazy,
    Limits limits,
    ScoreOptions score,
    MessageIdFunction messageId,
    Predicate<Topic> subscriptionFilter,
    boolean floodPublish,
    boolean peerExchange) {
  /** What gossipsub says, with ids of go, all topics, flood publishing and no peer exchange. */
  public static final GossipOptions DEFAULT =
      new GossipOptions(
          Degrees.DEFAULT,
          Times.DEFAULT,
          Lazy.DEFAULT,
          Limits.DEFAULT,
          ScoreOptions.DEFAULT,
          MessageIdFunction.FROM_AND_SEQNO,
          topic -> true,
          true,
          false);

  /** These options with other degrees. */
  public GossipOptions with(Degrees other) {
    return new GossipOptions(
        other,
        times,
        lazy,
        limits,
        score,
        messageId,
        subscriptionFilter,
        floodPublish,
        peerExchange);
  }

  /** These options with other limits. */
  public GossipOptions with(Limits other) {
    return new GossipOptions(
        degrees,
        times,
        lazy,
        other,
        score,
        messageId,
        subscriptionFilter,
        floodPublish,
        peerExchange);
  }

  /** These options with another score. */
  public GossipOptions with(ScoreOptions other) {
    return new GossipOptions(
        degrees,
        times,
        lazy,
        limits,
        other,
        messageId,
        subscriptionFilter,
        floodPublish,
        peerExchange);
  }

  /** These options with another message id. */
  public GossipOptions with(MessageIdFunction other) {
    return new GossipOptions(
        degrees, times, lazy, limits, score, other, subscriptionFilter, floodPublish, peerExchange);
  }

  /** These options with another filter of topics. */
  public GossipOptions withSubscriptionFilter(Predicate<Topic> other) {
    return new GossipOptions(
        degrees, times, lazy, limits, score, messageId, other, floodPublish, peerExchange);
  }

  /** These options with or without flood publishing. */
  public GossipOptions withFloodPublish(boolean other) {
    return new GossipOptions(
        degrees, times, lazy, limits, score, messageId, subscriptionFilter, other, peerExchange);
  }

  /** These options with or without recommendations of peers. */
  public GossipOptions withPeerExchange(boolean other) {
    return new GossipOptions(
        degrees, times, lazy, limits, score, messageId, subscriptionFilter, floodPublish, other);
  }

  /**
   * How many peers a mesh has.
   *
   * @param d how many it should have
   * @param low with fewer, it takes more
   * @param high with more, it prunes
   * @param score how many of the best are kept when it prunes
   * @param out how many it keeps that we dialled
   * @param lazy how many peers outside get gossip, at least
   * @param gossipFactor what share of the peers outside gets gossip, if that is more
   * @param lazyMost how many peers outside get gossip, at most: with hundreds of connections a
   *     share of them is told of a message more often than it is sent
   */
  public record Degrees(
      int d, int low, int high, int score, int out, int lazy, double gossipFactor, int lazyMost) {
    /** 6, from 5 to 12, 4 by score, 2 outbound, 6 to 24 lazy, a quarter. */
    public static final Degrees DEFAULT = new Degrees(6, 5, 12, 4, 2, 6, 0.25, 24);

    /** Checks the order of the degrees. */
    public Degrees {
      if (low < 0 || low > d || d > high || score > d || out < 0 || 2 * out > d || lazy < 0) {
        throw new IllegalArgumentException(
            "degrees should have 0 <= low <= d <= high, score <= d and 2 out <= d: low "
                + low
                + ", d "
                + d
                + ", high "
                + high
                + ", score "
                + score
                + ", out "
                + out);
      }
    }
  }

  /**
   * How long things take.
   *
   * @param heartbeat from one heartbeat to the next
   * @param firstHeartbeat from the beginning to the first one
   * @param seen how long a message is recognised as a duplicate
   * @param fanout how long peers are kept for a topic that we only publish to
   * @param pruneBackoff how long a pruned peer may not GRAFT
   * @param unsubscribeBackoff how long, when we pruned because we left the topic
   * @param backoffMax the longest that we believe a peer who prunes us
   * @param graftFlood a GRAFT so soon after the PRUNE counts twice
   * @param iwantFollowUp how long a peer that announced a message may take to send it
   * @param validation how long a verdict may take until the message counts as ignored
   * @param directConnect how often direct peers that are away are dialled
   */
  public record Times(
      Duration heartbeat,
      Duration firstHeartbeat,
      Duration seen,
      Duration fanout,
      Duration pruneBackoff,
      Duration unsubscribeBackoff,
      Duration backoffMax,
      Duration graftFlood,
      Duration iwantFollowUp,
      Duration validation,
      Duration directConnect) {
    /** 1 s after 0.1 s; seen 120 s; fanout 60 s; backoff 60 s, 10 s and up to 1 h; and so on. */
    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(120),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5));

    /** Checks that the heart beats. */
    public Times {
      if (heartbeat.isNegative() || heartbeat.isZero() || firstHeartbeat.isNegative()) {
        throw new IllegalArgumentException(
            "a heartbeat takes more than " + heartbeat + ", the first at least 0");
      }
    }
  }

  /**
   * Gossip about messages, and what is asked and refused.
   *
   * @param historyLength for how many heartbeats messages can be asked for
   * @param historyGossip for how many they are announced
   * @param retransmissionsMax how often one peer gets a message that it asks for
   * @param ihavesMax IHAVE RPCs of one peer a heartbeat
   * @param idsMax ids in our IHAVE, ids that we ask one peer for a heartbeat, and messages that it
   *     gets for the asking
   * @param opportunisticGraftHeartbeats how often a mesh of low score takes better peers
   * @param opportunisticGraftPeers how many
   * @param idontwantBytesMin the data from which on a message is refused by IDONTWANT
   * @param idontwantIdsMax ids taken of one peer's RPC
   * @param idontwantsMax ids taken of one peer a heartbeat
   * @param idontwantHeartbeats how long they are honoured
   */
  public record Lazy(
      int historyLength,
      int historyGossip,
      int retransmissionsMax,
      int ihavesMax,
      int idsMax,
      int opportunisticGraftHeartbeats,
      int opportunisticGraftPeers,
      int idontwantBytesMin,
      int idontwantIdsMax,
      int idontwantsMax,
      int idontwantHeartbeats) {
    /** 5 and 3 heartbeats, 3 times, 10 and 5000, 2 every 60; from 1 KiB, 10, 1000, 3. */
    public static final Lazy DEFAULT = new Lazy(5, 3, 3, 10, 5000, 60, 2, 1024, 10, 1000, 3);

    /** Checks that history holds what is announced. */
    public Lazy {
      if (historyGossip < 1 || historyGossip > historyLength) {
        throw new IllegalArgumentException(
            "historyGossip should be 1 to historyLength, "
                + historyLength
                + ", not "
                + historyGossip);
      }
    }
  }

  /**
   * How much is kept at most.
   *
   * @param peersMax peers; more are left aside
   * @param topicsMax topics that we subscribe to, and such that we only publish to
   * @param peerTopicsMax topics of one peer
   * @param directPeersMax direct peers
   * @param seenMax messages that are recognised as duplicates; the oldest are forgotten
   * @param cachedMessagesMax messages that can be asked for; the oldest are forgotten
   * @param cachedBytesMax what these take
   * @param validationsMax messages that await their verdict; more are dropped
   * @param validationBytesMax what these take
   * @param peerValidationsMax such messages of one peer
   * @param rivalsMax such messages of one id and different content
   * @param backoffsMax backoffs; the oldest are forgotten
   * @param retainedScoresMax scores of peers that are gone; the oldest are forgotten
   * @param promisesMax messages that peers have promised
   * @param queuedOwnMax own messages that wait for one peer; more are dropped
   * @param queuedForwardsMax other messages that wait for one peer; more are dropped
   * @param queuedBytesMax what messages of either kind take
   * @param inFlightBytesMax how much one peer is sent before it is Sent
   * @param rpcBytesMax the longest RPC that we make of several messages or entries
   * @param messageBytesMax the longest message that we publish, as an RPC
   * @param exchangedPeersMax peers that a PRUNE recommends, and that we dial of one
   * @param exchangedPeersPerHeartbeatMax peers that we dial for that a heartbeat
   */
  public record Limits(
      int peersMax,
      int topicsMax,
      int peerTopicsMax,
      int directPeersMax,
      int seenMax,
      int cachedMessagesMax,
      int cachedBytesMax,
      int validationsMax,
      int validationBytesMax,
      int peerValidationsMax,
      int rivalsMax,
      int backoffsMax,
      int retainedScoresMax,
      int promisesMax,
      int queuedOwnMax,
      int queuedForwardsMax,
      int queuedBytesMax,
      int inFlightBytesMax,
      int rpcBytesMax,
      int messageBytesMax,
      int exchangedPeersMax,
      int exchangedPeersPerHeartbeatMax) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** For some hundred peers and 25,000 messages a second; RPCs that rust takes by default. */
    public static final Limits DEFAULT =
        new Limits(
            1024, 1024, 256, 128, 262_144, 65_536, 64 * MIB, 16_384, 64 * MIB, 4096, 4, 16_384,
            4096, 16_384, 1024, 1024, 4 * MIB, 256 * KIB, 60 * KIB, MIB, 16, 32);

    /** These limits with another number of messages that are remembered. */
    public Limits withSeenMax(int other) {
      return new Limits(
          peersMax,
          topicsMax,
          peerTopicsMax,
          directPeersMax,
          other,
          cachedMessagesMax,
          cachedBytesMax,
          validationsMax,
          validationBytesMax,
          peerValidationsMax,
          rivalsMax,
          backoffsMax,
          retainedScoresMax,
          promisesMax,
          queuedOwnMax,
          queuedForwardsMax,
          queuedBytesMax,
          inFlightBytesMax,
          rpcBytesMax,
          messageBytesMax,
          exchangedPeersMax,
          exchangedPeersPerHeartbeatMax);
    }

    /** These limits with other queues of one peer. */
    public Limits withQueues(int ownMax, int forwardsMax, int inFlightBytes) {
      return new Limits(
          peersMax,
          topicsMax,
          peerTopicsMax,
          directPeersMax,
          seenMax,
          cachedMessagesMax,
          cachedBytesMax,
          validationsMax,
          validationBytesMax,
          peerValidationsMax,
          rivalsMax,
          backoffsMax,
          retainedScoresMax,
          promisesMax,
          ownMax,
          forwardsMax,
          queuedBytesMax,
          inFlightBytes,
          rpcBytesMax,
          messageBytesMax,
          exchangedPeersMax,
          exchangedPeersPerHeartbeatMax);
    }
  }
}
