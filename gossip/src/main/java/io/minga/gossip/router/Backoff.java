package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashMap;

/** Until when GRAFT is out of the question between us and a peer, after a PRUNE of either. */
final class Backoff {
  private final GossipOptions.Times times;
  private final int countMax;
  private final LinkedHashMap<Pair, Span> spans = new LinkedHashMap<>();

  Backoff(GossipOptions.Times times, int countMax) {
    this.times = times;
    this.countMax = countMax;
  }

  private record Pair(Topic topic, PeerId peer) {}

  private record Span(long sinceNanos, long untilNanos) {}

  /** Begins a backoff of {@code nanos}; one that lasts longer already stays. */
  void begin(long nowNanos, Topic topic, Peer peer, long nanos) {
    Pair pair = new Pair(topic, peer.id);
    Span old = spans.remove(pair);
    long untilNanos = nowNanos + nanos;
    if (old != null && old.untilNanos - untilNanos > 0) {
      untilNanos = old.untilNanos;
    }
    if (spans.size() >= countMax) {
      spans.remove(spans.keySet().iterator().next());
    }
    spans.put(pair, new Span(nowNanos, untilNanos));
  }

  /** Whether there is a backoff, which may be over by now. */
  boolean has(Topic topic, Peer peer) {
    return spans.containsKey(new Pair(topic, peer.id));
  }

  /** Whether the PRUNE may have been lost with an earlier connection. */
  boolean isUnheard(Topic topic, Peer peer) {
    Span span = spans.get(new Pair(topic, peer.id));
    return span != null && span.sinceNanos - peer.connectedNanos < 0;
  }

  /** Whether the peer's GRAFT comes too early. */
  boolean forbidsTheirs(long nowNanos, Topic topic, Peer peer) {
    Span span = spans.get(new Pair(topic, peer.id));
    return span != null && span.untilNanos - nowNanos > 0;
  }

  /** Whether our GRAFT would come too early: a heartbeat later than theirs, as clocks differ. */
  boolean forbidsOurs(long nowNanos, Topic topic, Peer peer) {
    Span span = spans.get(new Pair(topic, peer.id));
    return span != null && !isOver(span, nowNanos);
  }

  /** Whether a GRAFT now comes so soon after the PRUNE that it is a flood. */
  boolean isFlood(long nowNanos, Topic topic, Peer peer) {
    Span span = spans.get(new Pair(topic, peer.id));
    return span != null && nowNanos - span.sinceNanos < times.graftFlood().toNanos();
  }

  int size() {
    return spans.size();
  }

  void heartbeat(long nowNanos) {
    spans.values().removeIf(it -> isOver(it, nowNanos));
  }

  private boolean isOver(Span span, long nowNanos) {
    return span.untilNanos + times.heartbeat().toNanos() - nowNanos <= 0;
  }
}
