package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.LoadReport;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Ways to peers that this one has no connection to, through a neighbour that has one.
 *
 * <p>A host keeps some hundred connections, and a submitter may have work for thousands. Whoever
 * hears that a peer's calls wait for room, and gets no connection to it, asks some neighbours
 * whether they have one, and greets it through the first that has. From then on the two speak as if
 * they were connected; the neighbour passes their frames on and doesn't read them. A way has one
 * neighbour in it, so nothing goes round in circles.
 */
final class Ways {
  /** To so many submitters at most a way is looked for at once. */
  private static final int SOUGHT_MAX = 64;

  /** So many pairs at most speak through this peer that hear of it if one of them is gone. */
  private static final int PAIRS_MAX = 4096;

  /** How many neighbours are asked at once. */
  private static final int ASKED_AT_ONCE = 16;

  private static final long ASK_NANOS = 250_000_000;

  /** For how long a connection may come about before a way is looked for. */
  private static final long PATIENCE_NANOS = 500_000_000;

  /** How long a greeting may take to be answered. */
  private static final long GREETING_NANOS = 2_000_000_000;

  private final PeerId self;
  private final NodeOptions options;
  private final RandomGenerator random;
  private final Turn turn;
  private final Membership membership;
  private final Owner owner;
  private final Reach reach;

  /** Those that are reached so, and through whom. */
  private final Map<PeerId, PeerId> ways = new LinkedHashMap<>();

  private final Map<PeerId, Search> sought = new LinkedHashMap<>();

  /** Who speaks with whom through this peer. */
  private final Set<Pair> pairs = new LinkedHashSet<>();

  /** What becomes of ways. */
  interface Reach {
    /** A peer can be spoken with from now on. */
    void reached(long nowNanos, PeerId peer);

    /** It can't any more. */
    void unreached(long nowNanos, PeerId peer);

    /** It says something. */
    void received(long nowNanos, PeerId from, WorkFrame frame);

    /** What this peer says first of all. */
    WorkFrame.Hello hello(long nowNanos);
  }

  private record Pair(PeerId one, PeerId other) {}

  /** A way that is looked for. */
  private static final class Search {
    long atNanos;

    /** Through whom the peer was greeted; null if nobody has said that he can. */
    @Nullable PeerId greeted;

    Search(long atNanos) {
      this.atNanos = atNanos;
    }
  }

  Ways(Ground ground, Membership membership, Owner owner, Reach reach) {
    this.self = ground.self();
    this.options = ground.options();
    this.random = ground.random();
    this.turn = ground.turn();
    this.membership = membership;
    this.owner = owner;
    this.reach = reach;
  }

  /** Whether there may be peers that have no connection left for this one, or the other way. */
  boolean mayBeNeeded() {
    return membership.size() >= options.limits().waysMin();
  }

  /** Those that are reached so, and through whom. */
  Map<PeerId, PeerId> all() {
    return new LinkedHashMap<>(ways);
  }

  // Those that speak through others.

  /** There is something to be had from a peer, or it has something coming. */
  void wanted(long nowNanos, PeerId peer) {
    if (mayBeNeeded() && sought.size() < SOUGHT_MAX && !membership.reaches(peer)) {
      sought.computeIfAbsent(peer, it -> new Search(nowNanos + PATIENCE_NANOS));
    }
  }

  /** Looks for ways that are missing. */
  void due(long nowNanos) {
    if (sought.isEmpty()) {
      return;
    }
    List<PeerId> near = List.of();
    for (Iterator<Map.Entry<PeerId, Search>> all = sought.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<PeerId, Search> each = all.next();
      if (membership.reaches(each.getKey()) || !isWanted(each.getKey())) {
        all.remove();
      } else if (each.getValue().atNanos - nowNanos <= 0) {
        near = near.isEmpty() ? membership.connected(Integer.MAX_VALUE) : near;
        ask(each.getKey(), near);
        each.getValue().greeted = null;
        each.getValue().atNanos = nowNanos + ASK_NANOS;
      }
    }
  }

  private boolean isWanted(PeerId peer) {
    LoadReport report = membership.report(peer);
    boolean waits = report != null && report.waiting() && options.slots() > 0;
    return (waits && membership.isAlive(peer)) || owner.holdsOf(peer);
  }

  private void ask(PeerId to, List<PeerId> near) {
    int count = Math.min(ASKED_AT_ONCE, near.size());
    int first = near.isEmpty() ? 0 : random.nextInt(near.size());
    for (int i = 0; i < count; i++) {
      PeerId neighbour = near.get((first + i) % near.size());
      turn.send(neighbour, new WorkFrame.Way(to, WorkFrame.Way.State.ASKED));
    }
  }

  long nextDeadlineNanos(long never) {
    long next = never;
    for (Search search : sought.values()) {
      next = next - search.atNanos <= 0 ? next : search.atNanos;
    }
    return next;
  }

  /** There is a connection: whoever is here needs no way, and may be one. */
  void connected(long nowNanos, PeerId peer) {
    sought.remove(peer);
    close(nowNanos, peer);
  }

  /** A neighbour is gone, and with it all ways through it. */
  void disconnected(long nowNanos, PeerId neighbour) {
    List<PeerId> lost = new ArrayList<>();
    ways.forEach(
        (peer, through) -> {
          if (through.equals(neighbour)) {
            lost.add(peer);
          }
        });
    lost.forEach(peer -> close(nowNanos, peer));
    for (Iterator<Pair> all = pairs.iterator(); all.hasNext(); ) {
      Pair pair = all.next();
      boolean one = pair.one.equals(neighbour);
      if (one || pair.other.equals(neighbour)) {
        all.remove();
        PeerId left = one ? pair.other : pair.one;
        if (membership.isConnected(left)) {
          turn.send(left, new WorkFrame.Way(neighbour, WorkFrame.Way.State.CLOSED));
        }
      }
    }
  }

  private void open(long nowNanos, PeerId peer, PeerId through) {
    close(nowNanos, peer);
    if (ways.size() < options.limits().peersMax() && membership.reached(nowNanos, peer)) {
      sought.remove(peer);
      ways.put(peer, through);
      reach.reached(nowNanos, peer);
    }
  }

  private void close(long nowNanos, PeerId peer) {
    if (ways.remove(peer) != null) {
      reach.unreached(nowNanos, peer);
      if (isWanted(peer)) {
        wanted(nowNanos, peer);
      }
    }
  }

  /** Submitters of what is here that hear nothing else of this peer hear how it stands. */
  void tell(long nowNanos) {
    for (PeerId peer : ways.keySet()) {
      if (owner.holdsOf(peer)) {
        turn.send(peer, reach.hello(nowNanos));
      }
    }
  }

  // What neighbours say.

  /** Whether a frame was about ways, and is dealt with. */
  boolean received(long nowNanos, PeerId from, WorkFrame frame) {
    if (frame instanceof WorkFrame.Carry carry) {
      carry(from, carry);
    } else if (frame instanceof WorkFrame.Carried carried) {
      carried(nowNanos, from, carried);
    } else if (frame instanceof WorkFrame.Way way) {
      heard(nowNanos, from, way);
    } else {
      return false;
    }
    return true;
  }

  /** A neighbour has something for another. */
  private void carry(PeerId from, WorkFrame.Carry carry) {
    PeerId to = carry.to();
    if (!membership.isConnected(from)) {
      return;
    }
    if (!membership.isConnected(to) || to.equals(from)) {
      turn.send(from, new WorkFrame.Way(to, WorkFrame.Way.State.CLOSED));
      return;
    }
    turn.send(to, new WorkFrame.Carried(from, carry.frame()));
    if (pairs.size() < PAIRS_MAX && !pairs.contains(new Pair(to, from))) {
      pairs.add(new Pair(from, to));
    }
  }

  private void carried(long nowNanos, PeerId through, WorkFrame.Carried carried) {
    PeerId from = carried.from();
    if (from.equals(self) || membership.isConnected(from) || !membership.isConnected(through)) {
      return; // it says it here, too
    }
    WorkFrame frame;
    try {
      frame = WorkFrame.decode(options.tasks(), carried.frame());
    } catch (WireException wrong) {
      if (through.equals(ways.get(from))) {
        close(nowNanos, from); // one of the two is wrong, and nobody knows which
      }
      return;
    }
    if (frame instanceof WorkFrame.Hello hello && !through.equals(ways.get(from))) {
      if (!hello.network().equals(options.network())) {
        return;
      }
      open(nowNanos, from, through);
    }
    boolean isAboutWays =
        frame instanceof WorkFrame.Carry
            || frame instanceof WorkFrame.Carried
            || frame instanceof WorkFrame.Way;
    if (through.equals(ways.get(from)) && !isAboutWays) {
      reach.received(nowNanos, from, frame);
    }
  }

  private void heard(long nowNanos, PeerId from, WorkFrame.Way way) {
    switch (way.state()) {
      case ASKED -> {
        boolean open = membership.isConnected(way.to()) && !way.to().equals(from);
        WorkFrame.Way.State state = open ? WorkFrame.Way.State.OPEN : WorkFrame.Way.State.CLOSED;
        turn.send(from, new WorkFrame.Way(way.to(), state));
      }
      case OPEN -> {
        Search search = sought.get(way.to());
        if (search != null && search.greeted == null && !membership.reaches(way.to())) {
          search.greeted = from;
          search.atNanos = nowNanos + GREETING_NANOS;
          turn.send(from, new WorkFrame.Carry(way.to(), reach.hello(nowNanos).encode()));
        }
      }
      case CLOSED -> {
        if (from.equals(ways.get(way.to()))) {
          close(nowNanos, way.to());
        }
      }
    }
  }

  // What goes out.

  /** Has frames to those that are reached through others go there. */
  List<Effect> address(List<Effect> effects) {
    if (ways.isEmpty()) {
      return effects;
    }
    List<Effect> addressed = new ArrayList<>(effects.size());
    for (Effect effect : effects) {
      PeerId through = effect instanceof Effect.Send send ? ways.get(send.to()) : null;
      if (through != null && effect instanceof Effect.Send send) {
        WorkFrame.Carry carry = new WorkFrame.Carry(send.to(), send.frame());
        addressed.add(new Effect.Send(through, carry.encode()));
      } else if (!(effect instanceof Effect.Misbehaved wrong && ways.containsKey(wrong.peer()))) {
        addressed.add(effect); // nobody is blamed for what may be another's words
      }
    }
    return addressed;
  }
}
