package io.minga.gossip.router;

import java.time.Duration;

/**
 * How peers are judged (gossipsub v1.1, peer scoring). Decays are a heartbeat's.
 *
 * @param topic what counts in every topic
 * @param topicsCap the most that all topics together give
 * @param applicationWeight P5
 * @param colocationWeight P6, at most 0: times the square of the peers of one address beyond
 * @param colocationThreshold so many
 * @param loopbackExempt whether peers on this very machine don't count for P6
 * @param behaviourWeight P7, at most 0: times the square of the offences beyond
 * @param behaviourThreshold so many
 * @param behaviourDecay what is left of them after a heartbeat
 * @param thresholds which score allows what
 * @param retained how long the score of a peer that is gone is kept, if it is not above 0
 */
public record ScoreOptions(
    TopicScore topic,
    double topicsCap,
    double applicationWeight,
    double colocationWeight,
    int colocationThreshold,
    boolean loopbackExempt,
    double behaviourWeight,
    double behaviourThreshold,
    double behaviourDecay,
    Thresholds thresholds,
    Duration retained) {
  /** What is under this is zero. */
  static final double DECAYED = 0.01;

  /** The defaults that docs/protocols/gossipsub.md gives reasons for. */
  public static final ScoreOptions DEFAULT =
      new ScoreOptions(
          TopicScore.DEFAULT,
          100,
          1,
          -10,
          10,
          true,
          -10,
          1,
          0.98,
          Thresholds.DEFAULT,
          Duration.ofMinutes(10));

  /**
   * The score in a topic.
   *
   * @param weight of the topic
   * @param timeWeight P1, for each heartbeat in the mesh
   * @param timeCap the most heartbeats that count
   * @param firstWeight P2, for each message that the peer brought first
   * @param firstDecay what is left of them after a heartbeat
   * @param firstCap the most of them
   * @param muteWeight P3, at most 0: times the square of the withheld messages in a row that a mesh
   *     peer neither brought nor asked for, beyond
   * @param muteTolerance so many; one more is the most that is counted and withheld at once
   * @param muteDecay what is left of them after a heartbeat outside the mesh (P3b)
   * @param suspectMessages after so many messages without one from a mesh peer, it is put to the
   *     test
   * @param suspectEvery one of so many messages, at least 2, is then withheld from it
   * @param restHeartbeats how long it isn't tested again after it has stood the test
   * @param invalidWeight P4, at most 0: times the square of the rejected messages
   * @param invalidDecay what is left of them after a heartbeat
   */
  public record TopicScore(
      double weight,
      double timeWeight,
      double timeCap,
      double firstWeight,
      double firstDecay,
      double firstCap,
      double muteWeight,
      int muteTolerance,
      double muteDecay,
      int suspectMessages,
      int suspectEvery,
      int restHeartbeats,
      double invalidWeight,
      double invalidDecay) {
    /** At most 1 for time and 20 for first messages; any proven fault outweighs a little of it. */
    public static final TopicScore DEFAULT =
        new TopicScore(1, 0.01, 100, 1, 0.98, 20, -10, 3, 0.98, 16, 4, 30, -10, 0.98);

    /** Checks that a test can be failed, and that two peers don't test each other at once. */
    public TopicScore {
      if (muteTolerance < 0 || suspectEvery < 2 || restHeartbeats < 0) {
        throw new IllegalArgumentException(
            "a topic's score should have muteTolerance >= 0, suspectEvery >= 2 and restHeartbeats"
                + " >= 0, not "
                + muteTolerance
                + ", "
                + suspectEvery
                + " and "
                + restHeartbeats);
      }
    }
  }

  /**
   * Scores below or above which something changes.
   *
   * @param gossip below it, no gossip is taken from a peer or sent to it
   * @param publish below it, our messages don't go to a peer outside the mesh
   * @param graylist below it, nothing of a peer is looked at
   * @param acceptExchange from it on, recommended peers are dialled
   * @param opportunisticGraft if the median of a mesh is below it, it takes better peers
   */
  public record Thresholds(
      double gossip,
      double publish,
      double graylist,
      double acceptExchange,
      double opportunisticGraft) {
    /** -10, -50, -80, 10 and 1. */
    public static final Thresholds DEFAULT = new Thresholds(-10, -50, -80, 10, 1);

    /** Checks the order of the thresholds. */
    public Thresholds {
      if (gossip > 0 || publish > gossip || graylist > publish || acceptExchange < 0) {
        throw new IllegalArgumentException(
            "thresholds should have graylist <= publish <= gossip <= 0 <= acceptExchange");
      }
    }
  }
}
