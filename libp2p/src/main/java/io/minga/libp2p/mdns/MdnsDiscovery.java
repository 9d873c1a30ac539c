package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says on all links who we are and where we listen, and hears who else is there (libp2p discovery
 * by mDNS; RFC 6762 and 6763).
 *
 * <p>What it finds is a hint: whoever is on the link can say anything of anyone. Not safe for use
 * by several threads.
 */
public final class MdnsDiscovery {
  private static final String NAME_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int NAME_LENGTH_MIN = 32;
  private static final int NAME_LENGTH_MAX = 63;
  private static final long TTL_SECONDS_MAX = 4500;

  private final MdnsOptions options;
  private final PeerId self;
  private final RandomGenerator random;
  private final String peerName;
  private final Sightings sightings;
  private final Map<LinkId, Conversation> links = new LinkedHashMap<>();
  private List<Multiaddr> listen = List.of();
  private boolean stopped;

  private record Conversation(Link link, LinkAnswers answers, LinkQueries queries) {}

  /** Discovery for {@code self} that knows no link and no address yet, so that it is silent. */
  public MdnsDiscovery(MdnsOptions options, PeerId self, RandomGenerator random) {
    this.options = options;
    this.self = self;
    this.random = random;
    this.sightings = new Sightings(options);
    this.peerName = randomName(random);
  }

  private static String randomName(RandomGenerator random) {
    int length = random.nextInt(NAME_LENGTH_MIN, NAME_LENGTH_MAX + 1);
    StringBuilder name = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      name.append(NAME_ALPHABET.charAt(random.nextInt(NAME_ALPHABET.length())));
    }
    return name.toString();
  }

  /** What {@code input} leads to, in the order in which it is to be done. */
  public List<Effect> handle(long nowNanos, Input input) {
    List<Effect> effects = new ArrayList<>();
    if (stopped) {
      return effects;
    }
    if (input instanceof Input.Received received) {
      received(nowNanos, received, effects);
    } else if (input instanceof Input.LinksChanged changed) {
      linksChanged(nowNanos, changed.links());
    } else if (input instanceof Input.ListenChanged changed) {
      listen = List.copyOf(changed.addresses());
      announceChanges(nowNanos);
    } else if (input instanceof Input.Stop) {
      links.values().forEach(conversation -> conversation.answers.goodbye(effects));
      links.clear();
      stopped = true;
      return effects;
    }
    for (Conversation conversation : links.values()) {
      conversation.answers.tick(nowNanos, effects);
      Announcement own = conversation.answers.announcement();
      conversation.queries.tick(nowNanos, own, sightings, effects);
    }
    effects.addAll(sightings.due(nowNanos));
    return effects;
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    if (stopped) {
      return Long.MAX_VALUE;
    }
    Long report = sightings.nextReportNanos();
    long next = report == null ? Long.MAX_VALUE : report;
    for (Conversation conversation : links.values()) {
      next = earlier(next, conversation.answers.nextDeadlineNanos());
      next = earlier(next, conversation.queries.nextDeadlineNanos());
    }
    return next;
  }

  private static long earlier(long a, long b) {
    if (a == Long.MAX_VALUE || b == Long.MAX_VALUE) {
      return a == Long.MAX_VALUE ? b : a;
    }
    return a - b <= 0 ? a : b;
  }

  /** How many peers are remembered. */
  int peerCount() {
    return sightings.peerCount();
  }

  /** How many peers are about to be reported. */
  int pendingHintCount() {
    return sightings.pendingCount();
  }

  private void linksChanged(long nowNanos, List<Link> current) {
    List<LinkId> ids = current.stream().map(Link::id).toList();
    links.keySet().removeIf(id -> !ids.contains(id));
    sightings.keepLinks(ids);
    for (Link link : current) {
      Conversation before = links.get(link.id());
      if (before == null) {
        LinkAnswers answers = new LinkAnswers(options, random, link.id(), announcement(List.of()));
        LinkQueries queries = new LinkQueries(options, random, link.id(), nowNanos);
        links.put(link.id(), new Conversation(link, answers, queries));
      } else {
        links.put(link.id(), new Conversation(link, before.answers, before.queries));
      }
    }
    announceChanges(nowNanos);
  }

  private void announceChanges(long nowNanos) {
    for (Conversation conversation : links.values()) {
      Announcement current = announcement(conversation.link.reachable(listen));
      if (!current.equals(conversation.answers.announcement())) {
        conversation.answers.announce(nowNanos, current);
      }
    }
  }

  private Announcement announcement(List<Multiaddr> addresses) {
    return new Announcement(
        options.service(), peerName, self, addresses, options.addressesPerPeerMax());
  }

  private void received(long nowNanos, Input.Received received, List<Effect> effects) {
    Conversation conversation = links.get(received.link());
    if (conversation == null || !conversation.link.isOnLink(received.source())) {
      return;
    }
    if (received.message().response()) {
      learn(nowNanos, conversation.link, received);
      return;
    }
    conversation.answers.asked(nowNanos, received, effects);
    Announcement own = conversation.answers.announcement();
    conversation.queries.heard(nowNanos, received.message(), own, sightings);
  }

  /** What a response says of one peer under one name. */
  private static final class Told {
    private final String name;
    private final long ttlSeconds;
    private boolean flush;
    private final List<Multiaddr> addresses = new ArrayList<>();

    Told(String name, long ttlSeconds) {
      this.name = name;
      this.ttlSeconds = ttlSeconds;
    }
  }

  private void learn(long nowNanos, Link link, Input.Received received) {
    List<DnsRecord> records = new ArrayList<>(received.message().answers());
    records.addAll(received.message().additionals());
    Map<String, Long> instances = instances(records);
    Map<PeerId, Told> told = new LinkedHashMap<>();
    for (DnsRecord record : records) {
      if (record instanceof DnsRecord.Txt txt && txt.ttlSeconds() > 0) {
        Long ttlSeconds = instances.get(txt.name());
        if (ttlSeconds == null && txt.name().endsWith("." + options.service())) {
          ttlSeconds = txt.ttlSeconds();
        }
        if (ttlSeconds != null && ttlSeconds > 0) {
          learn(txt, Math.min(ttlSeconds, TTL_SECONDS_MAX), link, received, told);
        }
      }
    }
    told.forEach(
        (peer, it) ->
            sightings.heard(
                nowNanos,
                link.id(),
                peer,
                it.name,
                it.ttlSeconds * 1_000_000_000L,
                it.flush,
                it.addresses));
  }

  /** The names that offer our service and for how long; those that say goodbye are forgotten. */
  private Map<String, Long> instances(List<DnsRecord> records) {
    Map<String, Long> instances = new TreeMap<>();
    for (DnsRecord record : records) {
      if (record instanceof DnsRecord.Ptr ptr
          && ptr.name().equals(options.service())
          && isPlain(ptr.target())) {
        instances.put(ptr.target(), ptr.ttlSeconds());
        if (ptr.ttlSeconds() == 0) {
          sightings.goodbye(ptr.target());
        }
      }
    }
    return instances;
  }

  /** Whether we could repeat this name as one that we know: nothing in it is escaped. */
  private static boolean isPlain(String name) {
    return !name.isEmpty() && name.indexOf('\\') < 0;
  }

  private void learn(
      DnsRecord.Txt txt,
      long ttlSeconds,
      Link link,
      Input.Received received,
      Map<PeerId, Told> told) {
    if (!isPlain(txt.name())) {
      return;
    }
    for (Bytes string : txt.strings()) {
      Multiaddr address = address(string);
      PeerId peer = address == null ? null : peer(address);
      if (address == null || peer == null || peer.equals(self)) {
        continue;
      }
      Optional<Multiaddr> dialable =
          address.decapsulatePeer().flatMap(it -> link.dialable(it, received.source()));
      if (dialable.isPresent()) {
        Told it = told.computeIfAbsent(peer, id -> new Told(txt.name(), ttlSeconds));
        it.flush |= txt.flush();
        it.addresses.add(dialable.get());
      }
    }
  }

  private static @Nullable Multiaddr address(Bytes string) {
    Optional<String> text = Announcement.address(string);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Multiaddr.decodeText(text.get());
    } catch (WireException notOne) {
      return null; // a peer may have transports that we don't know, among others that we do
    }
  }

  private static @Nullable PeerId peer(Multiaddr address) {
    try {
      return address.peerId().isEmpty() ? null : PeerId.decode(address.peerId().get());
    } catch (WireException notOne) {
      return null;
    }
  }
}
