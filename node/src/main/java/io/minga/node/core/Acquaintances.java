package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.task.LoadReport;
import io.minga.node.task.WorkFrame;

/**
 * Other peers, as they come and go: what is to be done here when one greets, says how it stands,
 * can be spoken with, can't any more, or is lost. {@link Membership} knows who is there; this tells
 * those whom it concerns.
 */
final class Acquaintances {
  private static final int NEWS_PEERS_MAX = 64;

  /** Who has so few connections may be new, so that others don't know it. */
  private static final int FEW_CONNECTIONS = 8;

  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Estimates estimates;
  private final Loads loads;
  private final Membership membership;
  private final Orphans orphans;
  private final Meeting meeting;
  private final Reports reports;
  private final Owner owner;
  private final Handing handing;
  private final Moves moves;
  private final Safekeeping safekeeping;
  private final Comparing comparing;
  private final NodeCore core;
  private final Ways ways;

  /** Whether what this peer offers has changed, or that it leaves is not said yet. */
  private boolean hasNews;

  /**
   * Nobody is known yet.
   *
   * @param core how this peer stands, and who takes what others say
   */
  Acquaintances(
      Ground ground,
      Others others,
      Orphans orphans,
      Meeting meeting,
      Reports reports,
      Concerned concerned,
      NodeCore core) {
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.estimates = others.estimates();
    this.loads = others.loads();
    this.membership = others.membership();
    this.orphans = orphans;
    this.meeting = meeting;
    this.reports = reports;
    this.owner = concerned.owner();
    this.handing = concerned.handing();
    this.moves = concerned.moves();
    this.safekeeping = concerned.safekeeping();
    this.comparing = concerned.comparing();
    this.core = core;
    this.ways = new Ways(ground, membership, owner, new Reached());
  }

  /** Those that are spoken with through others. */
  Ways ways() {
    return ways;
  }

  // What this peer says of itself.

  /** There is something that others should know in this turn. */
  void hasNews() {
    hasNews = true;
  }

  /** What matters at once goes to those who are connected directly, and to all by gossip. */
  void tellNews(long nowNanos) {
    if (hasNews) {
      hasNews = false;
      WorkFrame.Hello hello = hello(nowNanos);
      membership.connected(NEWS_PEERS_MAX).forEach(peer -> turn.send(peer, hello));
    }
  }

  private WorkFrame.Hello hello(long nowNanos) {
    return new WorkFrame.Hello(options.network(), core.report(nowNanos));
  }

  // What others say of themselves.

  /** A peer says first of all which network it is of, and how it stands. */
  void greeted(long nowNanos, PeerId from, WorkFrame.Hello hello) {
    if (hello.network().equals(options.network())) {
      if (orphans.isBackAnew(from, hello.report().boot())) {
        orphaned(nowNanos, from);
      }
      Input.Loaded loaded = new Input.Loaded(from, hello.report());
      standing(nowNanos, loaded, membership.greeted(nowNanos, from, hello.report()));
    } else {
      turn.emit(new Effect.Stranger(from, hello.network()));
    }
  }

  /** A peer says how it stands. */
  void loaded(long nowNanos, Input.Loaded loaded) {
    PeerId author = loaded.author();
    LoadReport report = loaded.report();
    if (author.equals(self)) {
      return;
    }
    if (membership.isStranger(author, report) && !isNeeded(author)) {
      membership.passed(nowNanos, report);
      return;
    }
    standing(nowNanos, loaded, membership.loaded(nowNanos, author, report));
  }

  private void standing(long nowNanos, Input.Loaded loaded, Membership.News news) {
    PeerId author = loaded.author();
    LoadReport report = loaded.report();
    safekeeping.heard(author);
    if (news == Membership.News.NONE) {
      return;
    }
    if (news == Membership.News.REBOOTED) {
      lost(nowNanos, author);
      owner.orphaned(nowNanos, author, membership.reaches(author)); // who asked for that is gone
    }
    loads.strangers(membership.strangerCount());
    loads.report(nowNanos, loaded.standing());
    estimates.report(loaded.standing());
    handing.reported(author);
    if (report.waiting()) {
      ways.wanted(nowNanos, author);
    }
    if (news != Membership.News.LOAD) {
      reports.soonForNew(nowNanos, membership.size());
      if (!membership.reaches(author) && !report.draining()) {
        meeting.maybe(nowNanos, author);
      }
    }
  }

  // Who can be spoken with.

  /** There is a connection. */
  void connected(long nowNanos, PeerId peer) {
    ways.connected(nowNanos, peer);
    membership.connected(nowNanos, peer);
    meeting.connected(peer);
    reached(nowNanos, peer);
    safekeeping.connected(peer);
    comparing.connected(nowNanos, peer);
  }

  private void reached(long nowNanos, PeerId peer) {
    if (!reports.hasStarted() || membership.connectedCount() <= FEW_CONNECTIONS) {
      reports.soon(nowNanos);
    }
    turn.send(peer, hello(nowNanos));
    handing.connected(peer);
    owner.connected(nowNanos, peer);
    moves.connected(peer);
  }

  /** The connection is gone. */
  void disconnected(long nowNanos, PeerId peer) {
    boolean needed = hasToDoWith(peer);
    boolean letGo = !needed && meeting.isCrowd();
    if (membership.disconnected(nowNanos, peer, letGo)) {
      if (needed) {
        meeting.must(nowNanos, peer);
        ways.wanted(nowNanos, peer);
      } else {
        meeting.maybe(nowNanos, peer);
      }
    }
    unreached(nowNanos, peer);
    safekeeping.disconnected(peer);
    comparing.disconnected(nowNanos, peer);
    ways.disconnected(nowNanos, peer);
  }

  private void unreached(long nowNanos, PeerId peer) {
    turn.disconnected(peer);
    handing.disconnected(peer);
    owner.leases().disconnected(peer);
    orphan(nowNanos, peer);
  }

  /** Peers that are spoken with through others. */
  private final class Reached implements Ways.Reach {
    @Override
    public void reached(long nowNanos, PeerId peer) {
      Acquaintances.this.reached(nowNanos, peer);
      handing.carried(peer);
    }

    @Override
    public void unreached(long nowNanos, PeerId peer) {
      membership.unreached(nowNanos, peer, handing.hasWith(peer));
      Acquaintances.this.unreached(nowNanos, peer);
    }

    @Override
    public void received(long nowNanos, PeerId from, WorkFrame frame) {
      core.received(nowNanos, from, frame);
    }

    @Override
    public WorkFrame.Hello hello(long nowNanos) {
      return Acquaintances.this.hello(nowNanos);
    }
  }

  // Who is gone.

  private boolean hasToDoWith(PeerId peer) {
    return handing.hasWith(peer) || owner.holdsOf(peer);
  }

  private boolean isNeeded(PeerId peer) {
    return hasToDoWith(peer) || safekeeping.keepsOf(peer);
  }

  /** Forgets those that this peer has nothing to do with, where there are too many of them. */
  void forgetStrangers() {
    for (PeerId stranger : membership.strangers(this::isNeeded)) {
      loads.forget(stranger);
      estimates.forget(stranger);
      handing.forget(stranger);
    }
  }

  /** There is no connection to a peer that may have tasks here. */
  private void orphan(long nowNanos, PeerId submitter) {
    orphans.add(nowNanos, submitter, owner.holdsOf(submitter));
  }

  /** A submitter that there is no connection to is to hear that tasks of it are here. */
  void untold(long nowNanos, PeerId submitter) {
    orphan(nowNanos, submitter);
    ways.wanted(nowNanos, submitter);
  }

  /** Nobody waits any more for what a peer has here. */
  void orphaned(long nowNanos, PeerId submitter) {
    boolean isBack = membership.reaches(submitter);
    owner.orphaned(nowNanos, submitter, isBack);
    moves.orphaned(nowNanos, submitter, isBack);
  }

  /** A peer has lost what it held. */
  void lost(long nowNanos, PeerId peer) {
    handing.lost(nowNanos, peer);
    moves.lost(peer);
    loads.forget(peer);
  }
}
