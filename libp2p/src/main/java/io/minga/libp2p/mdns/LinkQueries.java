package io.minga.libp2p.mdns;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Our queries on one link: soon after the start, then a second later, then ever more rarely. What
 * somebody else asks for us to hear isn't asked again (RFC 6762, 7.3), so that a link with many
 * peers hears hardly more queries than one with two.
 */
final class LinkQueries {
  private static final long MILLIS = 1_000_000;
  private static final long INTERVAL_MIN_NANOS = 1000 * MILLIS;

  /** With the headers in front, a query fits into what Ethernet carries, over IPv6 too. */
  private static final int KNOWN_BYTES_MAX = 1200;

  /** What a known answer takes beside its name: a pointer to the service, and the record's head. */
  private static final int KNOWN_HEAD_BYTES = 14;

  private final MdnsOptions options;
  private final RandomGenerator random;
  private final LinkId link;
  private long intervalNanos = INTERVAL_MIN_NANOS;
  private long dueNanos;
  private boolean suppressed;
  private long plannedNanos;

  LinkQueries(MdnsOptions options, RandomGenerator random, LinkId link, long nowNanos) {
    this.options = options;
    this.random = random;
    this.link = link;
    dueNanos = nowNanos + (20 + random.nextInt(101)) * MILLIS;
  }

  /** Somebody asks on this link. */
  void heard(long nowNanos, DnsMessage query, Announcement own, Sightings sightings) {
    boolean knowsMore = false;
    for (DnsRecord known : query.answers()) {
      if (known instanceof DnsRecord.Ptr ptr
          && ptr.name().equals(options.service())
          && !ptr.target().equals(own.instance())
          && !sightings.isKnown(link, ptr.target())) {
        knowsMore = true;
      }
    }
    if (knowsMore) {
      unsuppress(nowNanos);
      return;
    }
    boolean asks =
        query.questions().stream()
            .anyMatch(
                question ->
                    question.type() == DnsType.PTR
                        && !question.unicast()
                        && question.name().equals(options.service()));
    // Ours is due in the latter half of the interval or was just sent, which then is what is heard.
    if (asks && dueNanos - nowNanos <= intervalNanos / 2) {
      suppressed = true;
      plannedNanos = dueNanos;
      plan(nowNanos);
    }
  }

  /** The asker knows of peers that we don't, and that will not answer: we do have to ask. */
  private void unsuppress(long nowNanos) {
    if (suppressed) {
      suppressed = false;
      long soon = nowNanos + (20 + random.nextInt(101)) * MILLIS;
      dueNanos = plannedNanos - soon > 0 ? plannedNanos : soon;
    }
  }

  /** The next query is an interval away, spread so that not all peers ask at once. */
  private void plan(long nowNanos) {
    dueNanos = nowNanos + intervalNanos + random.nextLong(intervalNanos / 5);
    intervalNanos = Math.min(2 * intervalNanos, options.queryIntervalMax().toNanos());
  }

  void tick(long nowNanos, Announcement own, Sightings sightings, List<Effect> effects) {
    if (dueNanos - nowNanos > 0) {
      return;
    }
    suppressed = false;
    plan(nowNanos);
    sightings.expire(nowNanos);
    List<DnsRecord> known = new ArrayList<>();
    if (!own.isEmpty()) {
      // First of all we know ourselves: then we don't answer our own query, which we hear too.
      known.add(new DnsRecord.Ptr(options.service(), options.ttl().toSeconds(), own.instance()));
    }
    for (Sightings.Known peer : sightings.known(nowNanos, link)) {
      known.add(new DnsRecord.Ptr(options.service(), peer.ttlSeconds(), peer.name()));
    }
    send(known, effects);
  }

  private void send(List<DnsRecord> known, List<Effect> effects) {
    List<DnsQuestion> questions = List.of(new DnsQuestion(options.service(), DnsType.PTR, false));
    List<DnsRecord> batch = new ArrayList<>();
    int bytes = 0;
    for (DnsRecord record : known) {
      int size = KNOWN_HEAD_BYTES + ((DnsRecord.Ptr) record).target().length();
      if (bytes + size > KNOWN_BYTES_MAX || batch.size() == options.recordsMax() - 1) {
        effects.add(new Effect.Multicast(link, DnsMessage.query(questions, batch, true)));
        questions = List.of();
        batch.clear();
        bytes = 0;
      }
      batch.add(record);
      bytes += size;
    }
    effects.add(new Effect.Multicast(link, DnsMessage.query(questions, batch, false)));
  }

  long nextDeadlineNanos() {
    return dueNanos;
  }
}
