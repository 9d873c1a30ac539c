package io.minga.libp2p.mdns;

import io.minga.libp2p.peers.IpAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Our answers on one link. The same one is sent to all at most once a second, whoever asks how
 * often (RFC 6762, 6).
 */
final class LinkAnswers {
  private static final long MILLIS = 1_000_000;
  private static final long SECOND = 1000 * MILLIS;
  private static final int ANNOUNCEMENTS = 2;

  private final MdnsOptions options;
  private final RandomGenerator random;
  private final LinkId link;
  private Announcement announcement;
  private boolean announced;
  private int announcementsLeft;

  private final Pending service = new Pending();
  private final Pending meta = new Pending();
  private long unicastSecondNanos;
  private int unicasts;

  /** An answer that is to be sent, and who wants it. */
  private static final class Pending {
    private boolean due;
    private boolean sent;
    private long dueNanos;
    private long sentNanos;
    private @Nullable IpAddress onlyAsker;

    /** Wants it sent after a moment, but not within a second of the last time. */
    void want(long nowNanos, long delayNanos, @Nullable IpAddress asker) {
      long at = nowNanos + delayNanos;
      if (sent && sentNanos + SECOND - at > 0) {
        at = sentNanos + SECOND;
      }
      if (!due) {
        due = true;
        dueNanos = at;
        onlyAsker = asker;
        return;
      }
      if (at - dueNanos < 0) {
        dueNanos = at;
      }
      if (asker == null || !asker.equals(onlyAsker)) {
        onlyAsker = null;
      }
    }

    boolean take(long nowNanos) {
      if (!due || dueNanos - nowNanos > 0) {
        return false;
      }
      due = false;
      sent = true;
      sentNanos = nowNanos;
      return true;
    }
  }

  LinkAnswers(MdnsOptions options, RandomGenerator random, LinkId link, Announcement announcement) {
    this.options = options;
    this.random = random;
    this.link = link;
    this.announcement = announcement;
  }

  Announcement announcement() {
    return announcement;
  }

  /** Says unasked who we are, twice, since a packet may be lost. */
  void announce(long nowNanos, Announcement current) {
    announcement = current;
    if (current.isEmpty()) {
      announcementsLeft = 0;
      service.due = false;
    } else {
      announcementsLeft = ANNOUNCEMENTS;
      service.want(nowNanos, 0, null);
    }
  }

  /** Answers a query, if there is something to answer that the asker doesn't know. */
  void asked(long nowNanos, Input.Received query, List<Effect> effects) {
    DnsMessage message = query.message();
    boolean knowsUs = knowsUs(message);
    if (knowsUs && query.source().equals(service.onlyAsker)) {
      service.due = false; // it said so in a message behind its query (RFC 6762, 7.2)
    }
    for (DnsQuestion question : message.questions()) {
      if (announcement.isEmpty()) {
        return;
      }
      boolean forPtr = question.type() == DnsType.PTR || question.type() == DnsType.ANY;
      boolean forUs = question.name().equals(announcement.instance());
      boolean forService = forPtr && question.name().equals(options.service());
      if (forUs || (forService && !knowsUs)) {
        answer(nowNanos, query, question, service, effects);
      } else if (forPtr && question.name().equals(Announcement.META_SERVICE)) {
        answer(nowNanos, query, question, meta, effects);
      }
    }
  }

  private void answer(
      long nowNanos,
      Input.Received query,
      DnsQuestion question,
      Pending pending,
      List<Effect> effects) {
    long quarterNanos = options.ttl().toNanos() / 4;
    boolean recent = pending.sent && nowNanos - pending.sentNanos < quarterNanos;
    if (question.unicast() && recent) {
      if (mayUnicast(nowNanos)) {
        DnsMessage reply = message(pending, query.message().id(), false);
        effects.add(new Effect.Unicast(link, query.source(), query.port(), reply));
      }
      return;
    }
    long delayMillis =
        query.message().truncated() ? 400 + random.nextInt(101) : 20 + random.nextInt(101);
    pending.want(nowNanos, delayMillis * MILLIS, query.source());
  }

  private boolean knowsUs(DnsMessage query) {
    long half = options.ttl().toSeconds() / 2;
    return query.answers().stream()
        .anyMatch(
            known ->
                known instanceof DnsRecord.Ptr ptr
                    && ptr.target().equals(announcement.instance())
                    && ptr.ttlSeconds() >= half);
  }

  private boolean mayUnicast(long nowNanos) {
    if (unicasts == 0 || nowNanos - unicastSecondNanos >= SECOND) {
      unicastSecondNanos = nowNanos;
      unicasts = 0;
    }
    unicasts++;
    return unicasts <= options.unicastsPerSecondMax();
  }

  private DnsMessage message(Pending pending, int id, boolean flush) {
    long ttlSeconds = options.ttl().toSeconds();
    return pending == service
        ? announcement.message(id, flush, ttlSeconds)
        : announcement.metaMessage(id, ttlSeconds);
  }

  void tick(long nowNanos, List<Effect> effects) {
    if (service.take(nowNanos)) {
      // What is said unasked replaces what was said before, as after a change of address.
      boolean unasked = announcementsLeft > 0;
      effects.add(new Effect.Multicast(link, message(service, 0, unasked)));
      announced = true;
      if (unasked && --announcementsLeft > 0) {
        service.want(nowNanos, SECOND, null);
      }
    }
    if (meta.take(nowNanos)) {
      effects.add(new Effect.Multicast(link, message(meta, 0, false)));
    }
  }

  /** Takes back what we said (RFC 6762, 10.1). */
  void goodbye(List<Effect> effects) {
    if (announced && !announcement.isEmpty()) {
      effects.add(new Effect.Multicast(link, announcement.message(0, false, 0)));
    }
  }

  long nextDeadlineNanos() {
    long next = Long.MAX_VALUE;
    if (service.due) {
      next = service.dueNanos;
    }
    if (meta.due && (next == Long.MAX_VALUE || meta.dueNanos - next < 0)) {
      next = meta.dueNanos;
    }
    return next;
  }
}
