package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Periods;
import io.minga.node.task.LoadReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is there: peers with a connection, and those that say how they stand.
 *
 * <p>A peer is dead when its connection is gone and isn't back in a second, when it was reached
 * through a neighbour and isn't any more for as long as it keeps what it was given so, or when
 * nothing was heard of its load for eight; for half a lease more if it is connected, since then it
 * may just stand still. If this peer itself stood still, all that time begins anew.
 *
 * <p>Where there are very many, those that this peer has nothing to do with are kept if they are in
 * its {@link Sample}, or say that calls wait with them; the others are strangers.
 */
final class Membership {
  /** What is due is looked for no more often, however many there are. */
  private static final long LOOK_NANOS = 100_000_000;

  private static final long FOREVER = Long.MAX_VALUE;

  private final NodeOptions options;
  private final Map<PeerId, Member> members = new LinkedHashMap<>();
  private final Sample sample;
  private int connectedCount;

  /** How many have said how they stand. */
  private int neighbours;

  private int busyCount;

  /** Whether a stranger has said of late that it has something to do, and until when that holds. */
  private boolean strangersWork;

  private long strangersWorkNanos;

  /** Whether there may be some who are strangers by now. */
  private boolean hasStrangers;

  /** Since when somebody has had something to do. */
  private long atWorkNanos;

  private long lookNanos;

  private final class Member {
    /** Of the number that it has with this peer. */
    final int zeros;

    boolean connected;

    /** Whether that is through another peer. */
    boolean carried;

    long disconnectedNanos;

    /** For how long it may be unconnected, or without a way; ever, if nothing of it is missed. */
    long awayMostNanos = FOREVER;

    long heardNanos;
    @Nullable LoadReport report;

    /** The largest number of those lives of it that are known to be over. */
    long endedBoot = -1;

    boolean dead;

    /** Whether it is alive and has something to do. */
    boolean busy;

    Member(int zeros, long nowNanos) {
      this.zeros = zeros;
      this.heardNanos = nowNanos;
    }

    void isBusy(boolean now) {
      busyCount += (now ? 1 : 0) - (busy ? 1 : 0);
      busy = now;
    }

    boolean isNews(LoadReport heard) {
      LoadReport last = report;
      return last == null
          || (heard.isAfter(last) && (heard.boot() == last.boot() || heard.boot() > endedBoot));
    }

    boolean keeps() {
      LoadReport last = report;
      return last != null && last.keeps() && !last.draining();
    }

    /** Who is connected may just stand still, and is given more time. */
    private long patience(long silence) {
      NodeOptions.Times times = options.times();
      return connected
          ? Math.max(silence, times.lease().toNanos() / 2 + 2 * times.report().toNanos())
          : silence;
    }

    /** When the peer is dead if nothing is heard of it. */
    long deadNanos() {
      NodeOptions.Times times = options.times();
      LoadReport last = report;
      boolean idle = last != null && Periods.isIdle(last);
      long silence = times.silence().toNanos();
      long least = times.report().toNanos();
      long silent = heardNanos + patience(Periods.silenceNanos(silence, least, size(), idle));
      if (idle && isAtWork()) {
        long since = atWorkNanos - heardNanos > 0 ? atWorkNanos : heardNanos;
        long byThen = since + patience(Periods.silenceAtWorkNanos(silence, least, size()));
        silent = byThen - silent < 0 ? byThen : silent;
      }
      if (connected || awayMostNanos == FOREVER) {
        return silent;
      }
      long gone = disconnectedNanos + awayMostNanos;
      return gone - silent < 0 ? gone : silent;
    }
  }

  /** What a load report says of its peer besides its load. */
  enum News {
    /** It was said before, or is not to be kept. */
    NONE,
    /** The peer is as it was. */
    LOAD,
    /** The peer is new, or alive again. */
    ALIVE,
    /** The peer has started anew, and knows nothing of what it held. */
    REBOOTED
  }

  /** The peer {@code self} knows nobody yet. */
  Membership(PeerId self, NodeOptions options) {
    this.options = options;
    this.sample = new Sample(self);
  }

  private @Nullable Member member(long nowNanos, PeerId peer) {
    Member member = members.get(peer);
    if (member == null && members.size() < options.limits().peersMax()) {
      member = new Member(sample.zeros(peer), nowNanos);
      members.put(peer, member);
      hasStrangers |= sample.came(member.zeros);
      lookBy(nowNanos, nowNanos + options.times().silence().toNanos(), members.size() == 1);
    }
    return member;
  }

  private void lookBy(long nowNanos, long byNanos, boolean first) {
    long later = Math.max(byNanos, nowNanos + LOOK_NANOS);
    lookNanos = first || later - lookNanos < 0 ? later : lookNanos;
  }

  /** There is a connection. */
  void connected(long nowNanos, PeerId peer) {
    Member member = member(nowNanos, peer);
    if (member != null) {
      connectedCount += member.connected ? 0 : 1;
      joined(nowNanos, member);
    }
  }

  /** There is a way through another peer, and no connection; false if it is not to be kept. */
  boolean reached(long nowNanos, PeerId peer) {
    Member member = member(nowNanos, peer);
    if (member == null || member.connected) {
      return false;
    }
    member.carried = true;
    joined(nowNanos, member);
    return true;
  }

  private static void joined(long nowNanos, Member member) {
    member.connected = true;
    if (member.dead) {
      member.dead = false;
      member.heardNanos = nowNanos;
    }
  }

  /**
   * There is none any more; whether it ought to be tried to get one.
   *
   * @param letGo whether there may be none for no other reason than that nobody needs it
   */
  boolean disconnected(long nowNanos, PeerId peer, boolean letGo) {
    return away(nowNanos, peer, letGo ? FOREVER : options.times().reconnect().toNanos());
  }

  /**
   * There is no way any more, which says nothing of the peer. But whoever is missed and isn't
   * reached anew before it drops what it has of this one counts as dead.
   *
   * @param missed whether it has something of this peer's
   */
  void unreached(long nowNanos, PeerId peer, boolean missed) {
    away(nowNanos, peer, missed ? options.times().orphan().toNanos() : FOREVER);
  }

  private boolean away(long nowNanos, PeerId peer, long mostNanos) {
    Member member = members.get(peer);
    if (member == null || !member.connected) {
      return false;
    }
    connectedCount -= member.carried ? 0 : 1;
    member.connected = false;
    member.carried = false;
    member.awayMostNanos = mostNanos;
    member.disconnectedNanos = nowNanos;
    lookBy(nowNanos, member.deadNanos(), false);
    return member.report == null || !member.report.draining();
  }

  /** Whether a peer that says so is none of those whom this one is to know. */
  boolean isStranger(PeerId peer, LoadReport report) {
    return !sample.isAll()
        && !report.waiting()
        && !members.containsKey(peer)
        && !sample.has(sample.zeros(peer));
  }

  /** A stranger has said how it stands; that somebody has something to do concerns all. */
  void passed(long nowNanos, LoadReport report) {
    if (Periods.isIdle(report)) {
      return;
    }
    NodeOptions.Times times = options.times();
    if (!isAtWork()) {
      atWorkNanos = nowNanos;
      long silence = times.silence().toNanos();
      long least = times.report().toNanos();
      lookBy(nowNanos, nowNanos + Periods.silenceAtWorkNanos(silence, least, size()), false);
    }
    strangersWork = true;
    strangersWorkNanos = nowNanos + 3 * Periods.busyNanos(times.report().toNanos(), size()) / 2;
  }

  /** Those that have become strangers and aren't needed; they are forgotten. */
  List<PeerId> strangers(Predicate<PeerId> isNeeded) {
    if (!hasStrangers) {
      return List.of();
    }
    hasStrangers = false;
    List<PeerId> strangers = new ArrayList<>();
    members.forEach(
        (peer, member) -> {
          boolean waits = member.report != null && member.report.waiting() && !member.dead;
          if (!sample.has(member.zeros) && !member.connected && !waits && !isNeeded.test(peer)) {
            strangers.add(peer);
          }
        });
    strangers.forEach(this::forget);
    return strangers;
  }

  private void forget(PeerId peer) {
    Member member = members.remove(peer);
    if (member != null) {
      sample.went(member.zeros);
      member.isBusy(false);
      neighbours -= member.report == null ? 0 : 1;
    }
  }

  /**
   * A peer greets. Over a connection it does so in the life that it has: another one is over, even
   * if that had the larger number since the peer's clock was set back in between.
   */
  News greeted(long nowNanos, PeerId peer, LoadReport report) {
    Member member = members.get(peer);
    LoadReport last = report(peer);
    if (member != null
        && last != null
        && report.boot() != last.boot()
        && report.boot() != member.endedBoot
        && isConnected(peer)) {
      member.endedBoot = Math.max(member.endedBoot, last.boot());
      return heard(nowNanos, member, report);
    }
    return loaded(nowNanos, peer, report);
  }

  /** A peer says how it stands, and anybody may have passed that on. */
  News loaded(long nowNanos, PeerId peer, LoadReport report) {
    Member member = member(nowNanos, peer);
    return member == null || !member.isNews(report) ? News.NONE : heard(nowNanos, member, report);
  }

  private News heard(long nowNanos, Member member, LoadReport report) {
    LoadReport before = member.report;
    boolean alive = before == null || member.dead;
    member.report = report;
    neighbours += before == null ? 1 : 0;
    member.heardNanos = nowNanos;
    member.dead = false;
    boolean wasBusy = member.busy;
    member.isBusy(!Periods.isIdle(report));
    if (member.busy && !wasBusy) {
      atWorkNanos = busyCount == 1 && !strangersWork ? nowNanos : atWorkNanos;
      lookBy(nowNanos, member.deadNanos(), false); // it is missed sooner than before, as all are
    }
    if (before != null && before.boot() != report.boot()) {
      return News.REBOOTED;
    }
    return alive ? News.ALIVE : News.LOAD;
  }

  /** This peer stood still: what others have said or done meanwhile it is still to hear. */
  void listensAnew(long nowNanos) {
    for (Member member : members.values()) {
      member.heardNanos = nowNanos;
      member.disconnectedNanos = member.connected ? member.disconnectedNanos : nowNanos;
    }
  }

  boolean isConnected(PeerId peer) {
    Member member = members.get(peer);
    return member != null && member.connected && !member.carried;
  }

  /** Whether frames of the work stream get there, by a connection or through another peer. */
  boolean reaches(PeerId peer) {
    Member member = members.get(peer);
    return member != null && member.connected;
  }

  /** Whether the peer is connected, or has said how it stands and is not dead. */
  boolean isAlive(PeerId peer) {
    Member member = members.get(peer);
    return member != null && !member.dead && (member.connected || member.report != null);
  }

  /** Whether the peer is known to be gone; of a stranger that is not known. */
  boolean isGone(PeerId peer) {
    return (sample.isAll() || members.containsKey(peer)) && !isAlive(peer);
  }

  /** Whether the peer is reached, and has said that calls of its own wait for room. */
  boolean hasMore(PeerId peer) {
    Member member = members.get(peer);
    return member != null && member.connected && member.report != null && member.report.waiting();
  }

  /** Whether anybody has something to do, as far as was heard. */
  boolean isAtWork() {
    return busyCount > 0 || strangersWork;
  }

  /** How many are connected. */
  int connectedCount() {
    return connectedCount;
  }

  /** Some of those that are connected, at most {@code count}. */
  List<PeerId> connected(int count) {
    return members.entrySet().stream()
        .filter(it -> it.getValue().connected && !it.getValue().carried)
        .map(Map.Entry::getKey)
        .limit(count)
        .toList();
  }

  /** Whether the peer is connected, keeps a journal, and stays. */
  boolean keeps(PeerId peer) {
    Member member = members.get(peer);
    return member != null && member.connected && !member.carried && member.keeps();
  }

  /** Those who keep journals and stay, connected or not. */
  List<PeerId> keepers() {
    List<PeerId> keepers = new ArrayList<>();
    members.forEach(
        (peer, member) -> {
          if (!member.dead && member.keeps()) {
            keepers.add(peer);
          }
        });
    return keepers;
  }

  /** What a peer last said of itself. */
  @Nullable LoadReport report(PeerId peer) {
    Member member = members.get(peer);
    return member == null ? null : member.report;
  }

  /** How many other peers have said how they stand, as those of this network do. */
  int neighbours() {
    return neighbours;
  }

  /** How many other peers there are; about so many, if some are strangers. */
  int size() {
    return sample.peers();
  }

  /** How many of them are strangers. */
  int strangerCount() {
    return Math.max(0, size() - members.size());
  }

  /** The peers that are dead now and were not before; {@link #buried} once that is heeded. */
  List<PeerId> dead(long nowNanos) {
    strangersWork &= strangersWorkNanos - nowNanos > 0;
    if (members.isEmpty() || lookNanos - nowNanos > 0) {
      return List.of();
    }
    hasStrangers |= !sample.isAll();
    List<PeerId> dead = new ArrayList<>();
    long next = nowNanos + options.times().silence().toNanos();
    for (Map.Entry<PeerId, Member> each : members.entrySet()) {
      Member member = each.getValue();
      long deadNanos = member.deadNanos();
      if (!member.dead && deadNanos - nowNanos <= 0) {
        member.dead = true;
        member.isBusy(false);
        dead.add(each.getKey());
      } else if (!member.dead && deadNanos - next < 0) {
        next = deadNanos;
      }
    }
    lookBy(nowNanos, next, true);
    return dead;
  }

  /** What is to be done about a peer that is dead is done. */
  void buried(PeerId peer) {
    Member member = members.get(peer);
    if (member != null && member.dead && !member.connected) {
      forget(peer);
    }
  }

  /** When {@link #dead} has something to look at. */
  long nextDeadlineNanos(long never) {
    return members.isEmpty() || never - lookNanos <= 0 ? never : lookNanos;
  }
}
