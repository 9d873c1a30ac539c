package io.minga.gossip;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.libp2p.identity.PeerId;
import java.util.List;
import java.util.Map;

/**
 * How things were at one moment.
 *
 * @param counters what the router has counted since the start
 * @param offences what peers did wrong since the start
 * @param topics the topics that we subscribe to
 * @param pendingValidations messages that await their verdict
 * @param shell what happened around the router
 */
public record GossipStats(
    Map<Counter, Long> counters,
    Map<Offence, Long> offences,
    List<PeerStatus> peers,
    List<TopicStatus> topics,
    int pendingValidations,
    Shell shell) {
  /**
   * One peer.
   *
   * @param queuedMessages how many messages wait for it to take those before
   */
  public record PeerStatus(PeerId peer, Protocol protocol, double score, int queuedMessages) {}

  /** One topic, with the peers that subscribe to it and those of them in our mesh. */
  public record TopicStatus(Topic topic, List<PeerId> subscribers, List<PeerId> mesh) {}

  /**
   * What happened between the router, the host and the application.
   *
   * @param receivedBytes what RPCs that wait for the router take, roughly
   * @param waitingPublishes messages that wait to be published
   * @param readPauses how often a peer's stream was not read for a while
   * @param violations RPCs that were none, for which a connection was closed
   * @param streamsReopened streams that a peer reset and that were opened anew
   * @param validatorFailures verdicts that failed
   * @param validatorTimeouts verdicts that did not come in time
   * @param listenerFailures what listeners threw
   * @param connects peers that the router asked for, by how it went
   * @param traffic what gossip's streams have carried since the start
   */
  public record Shell(
      long receivedBytes,
      int waitingPublishes,
      long readPauses,
      long violations,
      long streamsReopened,
      long validatorFailures,
      long validatorTimeouts,
      long listenerFailures,
      Connects connects,
      Traffic traffic) {}

  /**
   * RPCs with their lengths, without what the host adds.
   *
   * @param readBytes from peers
   * @param writtenBytes to peers
   */
  public record Traffic(long readBytes, long writtenBytes) {}

  /**
   * Peers that the router asked for.
   *
   * @param connected there is a connection now
   * @param failed there is none
   * @param hinted they were recommended, and discovery was told where they are
   * @param forged the sealed record was not theirs, so nobody was dialled
   * @param skipped too many were asked for at a time, or discovery decides and nothing says where
   *     they are
   */
  public record Connects(long connected, long failed, long hinted, long forged, long skipped) {}
}
