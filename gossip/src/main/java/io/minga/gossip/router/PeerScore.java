package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.router.ScoreOptions.TopicScore;
import io.minga.gossip.router.Standing.InTopic;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What peers are worth (gossipsub v1.1, peer scoring P1 to P7; {@link Silence} is P3). */
final class PeerScore {
  private final ScoreOptions options;
  private final TopicScore topicOptions;
  private final GossipOptions.Limits limits;
  private final int testHeartbeats;
  private final Counters counters;
  private final List<Effect> effects;
  private final LinkedHashMap<PeerId, Standing> connected = new LinkedHashMap<>();
  private final LinkedHashMap<PeerId, Standing> gone = new LinkedHashMap<>();
  private final LinkedHashMap<IpAddress, Integer> peersByAddress = new LinkedHashMap<>();

  PeerScore(GossipOptions options, Counters counters, List<Effect> effects) {
    this.options = options.score();
    this.topicOptions = options.score().topic();
    this.limits = options.limits();
    this.testHeartbeats = options.lazy().historyLength();
    this.counters = counters;
    this.effects = effects;
  }

  Standing connected(PeerId peer, @Nullable IpAddress address) {
    Standing known = gone.remove(peer);
    Standing standing = known == null ? new Standing(peer, address) : known.at(address);
    connected.put(peer, standing);
    if (address != null) {
      peersByAddress.merge(address, 1, Integer::sum);
      addressesChanged();
    }
    return standing;
  }

  /** Keeps a bad score for a while, or the peer could wash it off by connecting anew. */
  void disconnected(long nowNanos, Standing standing) {
    double score = score(standing);
    connected.remove(standing.peer);
    standing.topics.values().forEach(it -> it.silence = null);
    if (standing.address != null) {
      peersByAddress.computeIfPresent(standing.address, (it, n) -> n == 1 ? null : n - 1);
      addressesChanged();
    }
    if (score <= 0 && limits.retainedScoresMax() > 0) {
      standing.forgottenNanos = nowNanos + options.retained().toNanos();
      if (gone.size() >= limits.retainedScoresMax()) {
        gone.remove(gone.keySet().iterator().next());
      }
      gone.put(standing.peer, standing);
    }
  }

  /** How many scores are kept of peers that are gone. */
  int retained() {
    return gone.size();
  }

  private void addressesChanged() {
    connected.values().forEach(it -> it.isStale = true);
  }

  double score(Standing standing) {
    if (standing.isStale) {
      standing.score = compute(standing);
      standing.isStale = false;
    }
    return standing.score;
  }

  private double compute(Standing standing) {
    double inTopics = 0;
    for (InTopic it : standing.topics.values()) {
      inTopics += topicOptions.weight() * compute(it);
    }
    double score = Math.min(inTopics, options.topicsCap());
    score += options.applicationWeight() * standing.application;
    score += options.colocationWeight() * square(colocationSurplus(standing.address));
    score += options.behaviourWeight() * square(standing.behaviour - options.behaviourThreshold());
    return score;
  }

  private double compute(InTopic it) {
    double score = 0;
    if (it.inMesh()) {
      double time = Math.min(it.heartbeatsInMesh, topicOptions.timeCap());
      score += topicOptions.timeWeight() * time;
    }
    score += topicOptions.firstWeight() * it.firstMessages;
    score += topicOptions.muteWeight() * square(it.muteMessages - topicOptions.muteTolerance());
    score += topicOptions.invalidWeight() * square(it.invalidMessages);
    return score;
  }

  private double colocationSurplus(@Nullable IpAddress address) {
    if (address == null || (options.loopbackExempt() && address.isLoopback())) {
      return 0;
    }
    return peersByAddress.getOrDefault(address, 0) - options.colocationThreshold();
  }

  private static double square(double surplus) {
    return surplus <= 0 ? 0 : surplus * surplus;
  }

  void grafted(Standing standing, Topic topic) {
    InTopic it = standing.in(topic);
    it.silence = new Silence(topicOptions, testHeartbeats);
    it.heartbeatsInMesh = 0;
    standing.isStale = true;
  }

  void pruned(Standing standing, Topic topic) {
    standing.in(topic).silence = null;
    standing.isStale = true;
  }

  /** P2: {@code standing}'s peer was the first to bring a message that was then accepted. */
  void first(Standing standing, Topic topic) {
    InTopic it = standing.in(topic);
    it.firstMessages = Math.min(it.firstMessages + 1, topicOptions.firstCap());
    standing.isStale = true;
  }

  /** P3: the peer's silence if it is in the mesh of {@code topic}, or null. */
  @Nullable Silence silence(Standing standing, Topic topic) {
    InTopic it = standing.topics.get(topic);
    return it == null ? null : it.silence;
  }

  /**
   * P3: the peer brought another's message, asked for one that was withheld, or can't be asked.
   * Returns what was withheld from it until now.
   */
  List<MessageId> notMute(Standing standing, Topic topic) {
    InTopic it = standing.topics.get(topic);
    if (it == null || it.silence == null) {
      return List.of();
    }
    it.muteMessages = 0;
    standing.isStale = true;
    return it.silence.end();
  }

  /** P3: whether the peer hands nothing on. */
  boolean isMute(Standing standing, Topic topic) {
    InTopic it = standing.topics.get(topic);
    return it != null && it.muteMessages > topicOptions.muteTolerance();
  }

  /** P4: a message that the peer sent was rejected. */
  void invalid(Standing standing, Topic topic) {
    standing.in(topic).invalidMessages++;
    offended(standing, Offence.INVALID_MESSAGE);
  }

  /** P7. */
  void misbehaved(Standing standing, Offence offence) {
    standing.behaviour++;
    offended(standing, offence);
  }

  private void offended(Standing standing, Offence offence) {
    standing.isStale = true;
    effects.add(new Effect.Penalised(standing.peer, offence));
  }

  /** P5. */
  void application(Standing standing, double value) {
    standing.application = value;
    standing.isStale = true;
  }

  /** Lets all decay. */
  void heartbeat(long nowNanos) {
    for (Standing standing : connected.values()) {
      decay(standing);
    }
    Iterator<Standing> all = gone.values().iterator();
    while (all.hasNext()) {
      Standing standing = all.next();
      if (standing.forgottenNanos - nowNanos <= 0) {
        all.remove();
      } else {
        decay(standing);
      }
    }
  }

  private void decay(Standing standing) {
    standing.behaviour = decay(standing.behaviour, options.behaviourDecay());
    Iterator<InTopic> all = standing.topics.values().iterator();
    while (all.hasNext()) {
      InTopic it = all.next();
      it.firstMessages = decay(it.firstMessages, topicOptions.firstDecay());
      it.invalidMessages = decay(it.invalidMessages, topicOptions.invalidDecay());
      if (it.silence != null) {
        it.heartbeatsInMesh++;
        judge(standing, it, it.silence.heartbeat());
      } else {
        it.muteMessages = decay(it.muteMessages, topicOptions.muteDecay());
        if (it.isNothing()) {
          all.remove();
        }
      }
    }
    standing.isStale = true;
  }

  private void judge(Standing standing, InTopic it, int failed) {
    if (failed == 0) {
      return;
    }
    counters.add(Counter.WITHHELD_UNHEARD, failed);
    it.muteMessages = Math.min(it.muteMessages + failed, topicOptions.muteTolerance() + 1);
    if (it.muteMessages > topicOptions.muteTolerance()) {
      offended(standing, Offence.MUTE);
    }
  }

  private static double decay(double value, double factor) {
    double rest = value * factor;
    return rest < ScoreOptions.DECAYED ? 0 : rest;
  }
}
