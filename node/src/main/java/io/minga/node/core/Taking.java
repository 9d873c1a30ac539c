package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.claims.Register;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Loads;
import io.minga.node.task.MoveFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this peer takes of what others offer: as much as it would be through with before them, of
 * batches that it knows of and can run, and that are the giver's to give away as far as the claims
 * say. It claims them before it says so.
 */
final class Taking {
  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Estimates estimates;
  private final Loads loads;
  private final Membership membership;
  private final Announcer announcer;
  private final Owner owner;
  private final Holders holders;
  private final Arrivals arrivals;
  private long moved;

  Taking(
      Ground ground,
      Others others,
      Announcer announcer,
      Owner owner,
      Holders holders,
      Arrivals arrivals) {
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.estimates = others.estimates();
    this.loads = others.loads();
    this.membership = others.membership();
    this.announcer = announcer;
    this.owner = owner;
    this.holders = holders;
    this.arrivals = arrivals;
  }

  /** What could be taken of a lot. */
  private record Part(MoveFrame.Lot lot, Kind kind, IndexSet indexes) {
    long workNanos() {
      return lot.workMicros() / lot.indexes().size() * 1000 * indexes.size();
    }
  }

  /**
   * Another peer offers tasks: claims what is welcome, and answers.
   *
   * @param asked whether this peer has asked for them, since it has nothing to do
   * @return whether it takes any
   */
  boolean offered(
      long nowNanos, PeerId from, MoveFrame.Offer offer, boolean leaving, boolean asked) {
    Map<Kind, List<Part>> byKind = new LinkedHashMap<>();
    if (!leaving && options.slots() > 0) {
      boolean dry = isDry();
      for (MoveFrame.Lot lot : offer.lots()) {
        // Who has more for this peer gives it anyway; what moves then only leaves others idle.
        boolean wanted = dry || !membership.hasMore(lot.submitter());
        Part part = wanted ? possible(from, lot) : null;
        if (part != null) {
          byKind.computeIfAbsent(part.kind, it -> new ArrayList<>()).add(part);
        }
      }
    }
    List<Part> taken = new ArrayList<>();
    int free = asked && isDry() ? options.slots() - owner.worker().busySlots() : 0;
    byKind.forEach((kind, parts) -> take(nowNanos, from, kind, parts, free, taken));
    if (taken.isEmpty()) {
      turn.emit(new Effect.SendMove(from, new MoveFrame.Decline(offer.exchange(), 0).encode()));
      return false;
    }
    for (Part part : taken) {
      claim(nowNanos, part);
    }
    List<MoveFrame.Part> accepted = new ArrayList<>();
    taken.forEach(part -> accepted.add(new MoveFrame.Part(part.lot.batch(), part.indexes)));
    MoveFrame.Accept accept = new MoveFrame.Accept(offer.exchange(), accepted);
    turn.emit(new Effect.SendMove(from, accept.encode()));
    for (Part part : taken) {
      moved += part.indexes.size();
      arrive(nowNanos, from, part);
    }
    return true;
  }

  /** Whether a slot has nothing to do, and nothing is on its way. */
  private boolean isDry() {
    Worker worker = owner.worker();
    return worker.backlog().size() == 0
        && worker.busySlots() < options.slots()
        && arrivals.count() == 0;
  }

  /** What this peer could have of a lot, if it had room; null if none. */
  private @Nullable Part possible(PeerId from, MoveFrame.Lot lot) {
    if (lot.epoch() > options.schedule().movesMax()
        || arrivals.count() >= options.schedule().offersMax()) {
      return null;
    }
    boolean own = lot.submitter().equals(self);
    Kind kind = own ? ownKind(lot.batch()) : kind(lot);
    if (kind == null || (!own && membership.isGone(lot.submitter()))) {
      return null;
    }
    IndexSet free =
        own
            ? holders.offeredBack(from, lot.batch(), lot.epoch(), lot.indexes()).toSet()
            : givenByWho(from, lot);
    Held held = owner.held(lot.batch());
    free = held == null ? free : free.andNot(held.has().toSet());
    free = free.andNot(arrivals.indexes(lot.batch()));
    return free.isEmpty() ? null : new Part(lot, kind, free);
  }

  private @Nullable Kind ownKind(Cid batch) {
    OwnBatch own = holders.batch(batch);
    return own == null || owner.worker().offered().refusal(turn.nowMillis(), own.batch) != null
        ? null
        : own.demand.kind;
  }

  /**
   * The kind of another submitter's tasks; null if they can't run here or nobody says what they
   * are.
   */
  private @Nullable Kind kind(MoveFrame.Lot lot) {
    Announcer.Known known = announcer.known(lot);
    if (known == null
        || !known.submitter().equals(lot.submitter())
        || lot.indexes().last() >= known.indexes()
        || known.functions().size() != 1
        || !owner.worker().offered().functions().containsAll(known.functions())
        || !known.requires().areMetBy(options.tags(), options.cores(), options.memoryMib())) {
      return null;
    }
    return new Kind(known.functions().get(0), Kind.ANY_SIZE, Demand.need(known.requires()));
  }

  /** Those of a lot that the giver may give away, as far as their claims are known here. */
  private IndexSet givenByWho(PeerId from, MoveFrame.Lot lot) {
    IndexBits free = new IndexBits();
    lot.indexes()
        .forEach(
            index -> {
              Register register = announcer.register(lot.batch(), index);
              boolean its = Announcer.id(from).equals(register.owner());
              boolean given =
                  register.phase() == null
                      || (register.phase() == Phase.HELD && its && register.epoch() <= lot.epoch())
                      || (register.phase() == Phase.HELD && register.epoch() < lot.epoch())
                      || (register.phase() == Phase.RELEASED && register.epoch() <= lot.epoch());
              if (given) {
                free.add(index);
              }
            });
    return free.toSet();
  }

  /**
   * Takes as many tasks of one kind as are welcome, or at least what so many free slots can run.
   */
  private void take(
      long nowNanos, PeerId from, Kind kind, List<Part> parts, int free, List<Part> taken) {
    int tasks = 0;
    long workNanos = 0;
    for (Part part : parts) {
      tasks += part.indexes.size();
      workNanos += part.workNanos();
    }
    Backlog backlog = owner.worker().backlog();
    long running = owner.worker().runningNanos(nowNanos) + arrivals.workNanos();
    int left =
        Math.max(
            Math.min(free, tasks),
            backlog.welcome(nowNanos, loads, running, from, kind, tasks, workNanos));
    for (Part part : parts) {
      long room = room(part.lot) - taken.size() * (long) IndexSet.CAPACITY;
      int count = (int) Math.min(Math.min(left, part.indexes.size()), Math.max(0, room));
      if (count > 0) {
        IndexSet some = IndexBits.of(part.indexes).takeFirst(count).toSet();
        taken.add(new Part(part.lot, kind, some));
        left -= count;
      }
    }
  }

  private long room(MoveFrame.Lot lot) {
    Announcer.Known known = announcer.known(lot);
    int bytes = known == null || owner.held(lot.batch()) != null ? 0 : known.sizeBytes();
    return owner.table().room(lot.submitter(), bytes) - arrivals.count() * (long) IndexSet.CAPACITY;
  }

  private void claim(long nowNanos, Part part) {
    MoveFrame.Lot lot = part.lot;
    announcer.claim(nowNanos, turn.nowMillis(), lot.batch(), lot.epoch() + 1, part.indexes);
  }

  private void arrive(long nowNanos, PeerId from, Part part) {
    Cid batch = part.lot.batch();
    int epoch = part.lot.epoch() + 1;
    OwnBatch own = holders.batch(batch);
    boolean fetching = !arrivals.indexes(batch).isEmpty();
    if (own != null) {
      holders.movedHere(nowNanos, own, epoch, IndexBits.of(part.indexes));
      owner.takeMoved(nowNanos, own.batch, part.indexes, epoch, from);
      return;
    }
    Arrival arrival =
        arrivals.add(
            nowNanos,
            batch,
            part.lot.submitter(),
            from,
            epoch,
            part.indexes,
            estimates.estimate(self, part.kind, 0).meanNanos());
    Announcer.Known known = announcer.known(part.lot);
    Held held = owner.held(batch);
    if (held != null) {
      arrivals.arrived(nowNanos, arrival, held.batch);
    } else if (known != null && known.block() != null) {
      arrivals.arrived(nowNanos, arrival, known.block());
    } else if (known != null && !fetching) {
      turn.emit(new Effect.Fetch(batch, known.sizeBytes(), List.of(from, part.lot.submitter())));
    }
  }

  /** How many tasks this peer has taken over from others. */
  long moved() {
    return moved;
  }
}
