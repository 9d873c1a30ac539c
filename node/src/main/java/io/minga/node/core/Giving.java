package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.Offer;
import io.minga.node.schedule.Queued;
import io.minga.node.schedule.Rebalancer;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Offers what this peer holds beyond its share to peers that would be through before it, and lets
 * go of what they have claimed.
 */
final class Giving {
  /** What came so lately may be over before it could move. */
  private static final long AGE_NANOS = 50_000_000;

  /** Nobody wants more than thirty days of work. */
  private static final long CAPACITY_MOST_MICROS = 30L * 24 * 3600 * 1_000_000;

  private final int offersMax;
  private final TaskLimits limits;
  private final Turn turn;
  private final Loads loads;
  private final Membership membership;
  private final Announcer announcer;
  private final Owner owner;
  private final Backlog backlog;
  private final Rebalancer.Rules rules = new MayMove();

  /** What was offered lately, by exchange: as many as there may be without an answer. */
  private final Map<Long, MoveFrame.Offer> offered = new LinkedHashMap<>();

  private long lookedNanos;
  private long moved;

  Giving(Ground ground, Others others, Announcer announcer, Owner owner) {
    this.offersMax = ground.options().schedule().offersMax();
    this.limits = ground.options().tasks();
    this.turn = ground.turn();
    this.loads = others.loads();
    this.membership = others.membership();
    this.announcer = announcer;
    this.owner = owner;
    this.backlog = owner.worker().backlog();
  }

  private final class MayMove implements Rebalancer.Rules {
    @Override
    public boolean mayMove(Cid batch) {
      Held held = owner.held(batch);
      return held != null
          && lookedNanos - held.sinceNanos >= AGE_NANOS
          && mayMove(held.batch.header().policy())
          && !held.batch.task(0).memoizable(); // it is where equal calls go, too
    }

    private boolean mayMove(Policy policy) {
      Placement.Rule rule = policy.placement().rule();
      return !policy.exclusive()
          && policy.replicas() == 1 // else each is with another peer
          && (rule == Placement.Rule.BALANCED || rule == Placement.Rule.LEAST_LOADED);
    }

    @Override
    public boolean canReach(PeerId peer) {
      return membership.isConnected(peer);
    }
  }

  /** Once in a period, offers what others should have. */
  void due(long nowNanos, boolean leaving) {
    backlog.expired(nowNanos);
    if (leaving || !backlog.isDue(nowNanos)) {
      return;
    }
    lookedNanos = nowNanos;
    long running = owner.worker().runningNanos(nowNanos);
    backlog.offers(nowNanos, loads, running, rules).forEach(this::send);
  }

  private void send(Offer offer) {
    List<MoveFrame.Lot> lots = new ArrayList<>(offer.lots().size());
    int aboutBytes = 0;
    for (Queued queued : offer.lots()) {
      MoveFrame.Lot lot = lot(queued, offer.meanNanos(), aboutBytes);
      aboutBytes += aboutBytes(lot.about());
      lots.add(lot);
    }
    MoveFrame.Offer frame = new MoveFrame.Offer(offer.exchange(), lots);
    offered.put(offer.exchange(), frame);
    if (offered.size() > offersMax) {
      offered.remove(offered.keySet().iterator().next());
    }
    turn.emit(new Effect.SendMove(offer.to(), frame.encode()));
  }

  /** A peer that has nothing to do wants work: offers it some, or declines. */
  void wanted(long nowNanos, PeerId by, MoveFrame.Want want, boolean leaving) {
    lookedNanos = nowNanos;
    long capacityNanos = Math.min(want.capacityMicros(), CAPACITY_MOST_MICROS) * 1000;
    Offer offer =
        leaving
            ? null
            : backlog.wanted(nowNanos, loads, rules, by, want.functions(), capacityNanos);
    if (offer == null) {
      turn.emit(new Effect.SendMove(by, new MoveFrame.Decline(want.exchange(), 0).encode()));
    } else {
      send(offer);
    }
  }

  private MoveFrame.Lot lot(Queued queued, long meanNanos, int aboutBytes) {
    Held held = owner.held(queued.batch());
    if (held == null) {
      throw new IllegalStateException("what is in line is in the table");
    }
    int[] epoch = {1};
    queued.indexes().forEach(index -> epoch[0] = Math.max(epoch[0], held.epoch(index)));
    long workMicros = queued.indexes().size() * meanNanos / 1000;
    return new MoveFrame.Lot(
        queued.batch(),
        held.submitter,
        epoch[0],
        queued.indexes(),
        workMicros,
        about(held.batch, aboutBytes));
  }

  /** What the receiver must know of a batch; null if there is no room for it any more. */
  private @Nullable Announcement about(Batch batch, int aboutBytes) {
    int room = limits.moveAboutBytesMax() - aboutBytes;
    Announcement whole = Announcement.of(limits, batch, 0, List.of());
    if (aboutBytes(whole) <= room) {
      return whole;
    }
    Announcement facts = whole.withoutBlock();
    return aboutBytes(facts) <= room ? facts : null;
  }

  private static int aboutBytes(@Nullable Announcement about) {
    return about == null ? 0 : about.encode(about.submitter()).length();
  }

  /** The other peer has claimed these, and has them now. */
  void accepted(long nowNanos, PeerId from, MoveFrame.Accept accept) {
    Map<Cid, IndexSet> taken = new LinkedHashMap<>();
    accept.parts().forEach(part -> taken.merge(part.batch(), part.indexes(), IndexSet::or));
    List<Queued> gone = backlog.answered(nowNanos, from, accept.exchange(), taken);
    MoveFrame.Offer offer = offered.get(accept.exchange());
    if (gone.isEmpty() || offer == null) {
      return;
    }
    offered.remove(accept.exchange());
    for (Queued each : gone) {
      Held held = owner.held(each.batch());
      if (held != null) {
        claimed(from, offer, each);
        owner.gave(nowNanos, held, each.indexes());
        moved += each.indexes().size();
      }
    }
  }

  /** What the other has told this peer directly: gossip says the same, later. */
  private void claimed(PeerId by, MoveFrame.Offer offer, Queued gone) {
    for (MoveFrame.Lot lot : offer.lots()) {
      IndexSet its = lot.indexes().and(gone.indexes());
      if (lot.batch().equals(gone.batch()) && !its.isEmpty()) {
        announcer.heard(turn.nowMillis(), by, lot.batch(), lot.epoch() + 1, its);
      }
    }
  }

  /** The other peer wants none of an offer. */
  void declined(long nowNanos, PeerId from, MoveFrame.Decline decline) {
    backlog.answered(nowNanos, from, decline.exchange(), new LinkedHashMap<>());
    offered.remove(decline.exchange());
  }

  /** A peer is gone: what was offered to it may run here. */
  void gone(PeerId peer) {
    backlog.gone(peer);
  }

  /** How many tasks others have taken over from this peer. */
  long moved() {
    return moved;
  }
}
