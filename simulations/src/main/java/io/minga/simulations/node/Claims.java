package io.minga.simulations.node;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.claims.Register;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.Batch;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.WorkFrame;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at whether peers say what is so, believe what they have heard, and keep to it: that none
 * knows less of a task after a claim to it, that all agree who has it, and that whoever has heard
 * that a task is another's neither runs it nor keeps it in line.
 *
 * <p>It knows the order of claims from their document, not from the code that it looks at.
 */
final class Claims {
  private static final int OFFERS_MAX = 10_000;

  /** Later, a giver doesn't expect an answer any more. */
  private static final long ANSWER_NANOS = 4_000_000_000L;

  private final World world;

  /** The batches that anybody has seen, so that their tasks have numbers. */
  private final Map<Cid, Batch> batches = new LinkedHashMap<>();

  private final Map<Id, Cid> cids = new LinkedHashMap<>();

  /**
   * Of two that claimed a task in one epoch, or have both done it, which one it counts as. Of those
   * who hold it a number decides that is drawn for each task, of those who have done it their
   * names: these are two questions.
   */
  private final Set<Tie> ties = new LinkedHashSet<>();

  private final Map<OfferName, Offered> offers = new LinkedHashMap<>();

  /** In which epoch a giver had what was taken over from it. */
  private final Map<Place, Integer> takenOver = new LinkedHashMap<>();

  /** In which epoch a peer was last pushed what it has, as far as it has heard. */
  private final Map<Place, Integer> pushed = new LinkedHashMap<>();

  private record Place(Cid batch, int index, int peer) {}

  private record Tie(Cid batch, int index, Phase phase, int epoch, Id winner, Id loser) {}

  private record OfferName(int giver, int to, long exchange) {}

  /** What was offered, and which life of the other has taken it over, if any has. */
  private record Offered(
      MoveFrame.Offer offer, long atNanos, long pausedNanos, @Nullable NodePeer by) {
    Offered takenOver(NodePeer other) {
      return new Offered(offer, atNanos, pausedNanos, other);
    }
  }

  /** Hears what a peer has taken over from its submitter, and in which epoch. */
  @FunctionalInterface
  interface TakesOver {
    void task(int task, int epoch);
  }

  Claims(World world) {
    this.world = world;
  }

  /** A batch is somewhere. */
  void seen(Batch batch) {
    batches.putIfAbsent(batch.cid(), batch);
  }

  /** A batch that its submitter has never pushed is known to it alone. */
  private void seenAt(NodePeer submitter, Cid cid) {
    Bytes block = submitter.core().block(cid);
    if (block != null && !batches.containsKey(cid)) {
      try {
        seen(Batch.decode(World.LIMITS, block));
      } catch (WireException wrong) {
        throw new BrokenPromiseException(-1, submitter + " keeps what is no batch: " + wrong);
      }
    }
  }

  private int task(Cid cid, int index) {
    Batch batch = batches.get(cid);
    return batch == null ? -1 : Ledger.number(batch.input(index));
  }

  /** A task of a batch that a peer still has; -1 if it has none, but waits for one. */
  int task(NodePeer peer) {
    for (Cid batch : batches.keySet()) {
      if (peer.core().block(batch) != null) {
        return task(batch, 0);
      }
    }
    return -1;
  }

  /** The first task of which two peers know different things, and one that it is not over. */
  BrokenPromiseException differ(NodePeer one, NodePeer other, String what) {
    BrokenPromiseException found = differ(one, other, what, author -> true);
    return found == null ? new BrokenPromiseException(-1, what) : found;
  }

  /**
   * The same of what was said by those who are there, and were from the beginning, and are
   * connected with both: what an author has told a peer directly goes no further.
   */
  @Nullable BrokenPromiseException differInWhatTheLivingSaid(
      NodePeer one, NodePeer other, String what) {
    Set<Id> living = new LinkedHashSet<>();
    for (int number = 0; number < world.size(); number++) {
      if (world.isRunning(number)
          && world.lives(number) == 1
          && isNear(number, one)
          && isNear(number, other)) {
        living.add(Id.of(world.peer(number).id.multihash().toByteArray()));
      }
    }
    return differ(one, other, what, author -> author == null || living.contains(author));
  }

  private boolean isNear(int number, NodePeer peer) {
    return number == peer.number || world.network().connectionsOf(number).contains(peer.number);
  }

  private @Nullable BrokenPromiseException differ(
      NodePeer one, NodePeer other, String what, Predicate<@Nullable Id> counts) {
    for (Batch batch : batches.values()) {
      Id submitter = Id.of(batch.header().submitter().multihash().toByteArray());
      for (int index = 0; index < batch.size() && counts.test(submitter); index++) {
        Register its = one.core().register(batch.cid(), index);
        Register others = other.core().register(batch.cid(), index);
        if (!its.equals(others)
            && (isOpen(its) || isOpen(others))
            && counts.test(its.owner())
            && counts.test(others.owner())) {
          return broken(batch.cid(), index, "%s: %s and %s".formatted(what, its, others));
        }
      }
    }
    return null;
  }

  private static boolean isOpen(Register register) {
    return register.phase() != null && register.phase() != Phase.SETTLED;
  }

  private BrokenPromiseException broken(Cid batch, int index, String what) {
    return new BrokenPromiseException(task(batch, index), what);
  }

  private Cid cid(Id batch) {
    return cids.computeIfAbsent(
        batch,
        it -> {
          try {
            return Cid.decode(Bytes.copyOf(it.toByteArray()));
          } catch (WireException wrong) {
            throw new BrokenPromiseException(-1, "claims are of " + it + ", which is no batch");
          }
        });
  }

  // What peers say.

  /** A peer speaks of its own tasks: what it says is done has run, and what is settled is over. */
  void said(NodePeer from, ClaimDelta delta) {
    Cid batch = cid(delta.batch());
    for (ClaimDelta.Entry entry : delta.entries()) {
      entry.indexes().forEach(index -> said(from, batch, index, entry.phase()));
    }
  }

  private void said(NodePeer from, Cid batch, int index, Phase phase) {
    int task = task(batch, index);
    if (task < 0) {
      return;
    }
    if (phase == Phase.SETTLED && !world.ledger().isOver(task)) {
      throw new BrokenPromiseException(task, from + " settles it, and it has no outcome");
    }
    if (phase == Phase.DONE && !world.ledger().hasRun(task)) {
      throw new BrokenPromiseException(task, from + " says that it is done, and it never ran");
    }
  }

  /** A peer offers tasks. */
  void offers(NodePeer from, int to, MoveFrame.Offer offer) {
    offers.put(
        new OfferName(from.number, to, offer.exchange()),
        new Offered(offer, from.nowNanos(), from.pausedNanos(), null));
    if (offers.size() > OFFERS_MAX) {
      offers.remove(offers.keySet().iterator().next());
    }
  }

  /** A peer takes tasks over: it has claimed them, in an epoch after the giver's. */
  void accepts(NodePeer from, int to, MoveFrame.Accept accept, TakesOver fromSubmitter) {
    OfferName name = new OfferName(to, from.number, accept.exchange());
    Offered made = offers.get(name);
    if (made == null) {
      throw new BrokenPromiseException(-1, from + " accepts what peer " + to + " never offered");
    }
    offers.put(name, made.takenOver(from));
    for (MoveFrame.Part part : accept.parts()) {
      for (MoveFrame.Lot lot : made.offer.lots()) {
        if (lot.batch().equals(part.batch())) {
          lot.indexes()
              .and(part.indexes())
              .forEach(index -> accepts(from, part.batch(), index, lot.epoch()));
          if (lot.submitter().equals(world.peer(to).id)) {
            seenAt(world.peer(to), part.batch());
            lot.indexes()
                .and(part.indexes())
                .forEach(index -> fromSubmitter.task(task(part.batch(), index), lot.epoch() + 1));
          }
        }
      }
    }
  }

  private void accepts(NodePeer from, Cid batch, int index, int epoch) {
    takenOver.put(new Place(batch, index, from.number), epoch);
    Register known = from.core().register(batch, index);
    boolean isOver = known.phase() == Phase.SETTLED || known.phase() == Phase.DONE;
    // Of a batch that was never announced, claims are told to its submitter alone.
    if (known.phase() != null && !isOver && known.epoch() <= epoch) {
      String what = "%s takes it over from epoch %d, and what it knows of it is %s";
      throw broken(batch, index, what.formatted(from, epoch, known));
    }
  }

  /** A peer tells a submitter what it has taken over: in a later epoch than its giver had it. */
  void holds(NodePeer from, WorkFrame.Hold hold) {
    for (WorkFrame.Share share : hold.shares()) {
      share
          .indexes()
          .forEach(
              index -> {
                Integer its = takenOver.get(new Place(hold.batch(), index, from.number));
                if (its != null && share.epoch() <= its) {
                  String what = "%s holds it in epoch %d, after its giver in epoch %d";
                  throw broken(hold.batch(), index, what.formatted(from, share.epoch(), its));
                }
              });
    }
  }

  // What peers make of it.

  /** A peer has taken these in, and done what is to be done at once. */
  void heard(NodePeer peer, List<? extends Input> inputs) {
    for (Input input : inputs) {
      if (input instanceof Input.Received received
          && uncarried(received.frame()) instanceof WorkFrame.Push push) {
        pushed(peer, push);
      }
    }
    for (Input input : inputs) {
      if (input instanceof Input.Claimed claimed) {
        claimed.message().deltas().forEach(delta -> heard(peer, delta));
      } else if (input instanceof Input.MoveReceived received
          && received.frame() instanceof MoveFrame.Accept accept) {
        accepted(peer, world.number(received.from()), accept);
      }
    }
  }

  /** What a frame is about, whoever carried it. */
  private static WorkFrame uncarried(WorkFrame frame) {
    try {
      return frame instanceof WorkFrame.Carried carried
          ? WorkFrame.decode(World.LIMITS, carried.frame())
          : frame;
    } catch (WireException wrong) {
      throw new BrokenPromiseException(-1, "a frame is carried that nobody reads: " + wrong);
    }
  }

  private void pushed(NodePeer to, WorkFrame.Push push) {
    Batch batch = push.batch();
    if (batch != null) {
      push.indexes()
          .forEach(
              index ->
                  pushed.merge(new Place(batch.cid(), index, to.number), push.epoch(), Math::max));
    }
  }

  /**
   * What another peer has taken over in time is not in the giver's line, unless the submitter has
   * called it back meanwhile and it came anew, which is in a later epoch than the offer's.
   */
  private void accepted(NodePeer giver, int by, MoveFrame.Accept accept) {
    accept.parts().forEach(part -> keepsWhatIsItsOwn(giver, part.batch(), part.indexes()));
    Offered made = offers.get(new OfferName(giver.number, by, accept.exchange()));
    if (made == null
        || made.by != world.peer(by) // it has started anew, and lost it
        || made.pausedNanos != giver.pausedNanos()
        || giver.nowNanos() - made.atNanos >= ANSWER_NANOS) {
      return;
    }
    for (MoveFrame.Lot lot : made.offer.lots()) {
      for (MoveFrame.Part part : accept.parts()) {
        // Its own tasks a peer may call back, and hand out to itself anew, without a push.
        if (lot.batch().equals(part.batch()) && !lot.submitter().equals(giver.id)) {
          keepsNoneOf(giver, part.batch(), part.indexes().and(lot.indexes()), lot.epoch());
        }
      }
    }
  }

  private void keepsNoneOf(NodePeer giver, Cid batch, IndexSet given, int epoch) {
    giver
        .core()
        .queued(batch)
        .and(given)
        .forEach(
            index -> {
              Place here = new Place(batch, index, giver.number);
              int moved = takenOver.getOrDefault(here, -1) + 1;
              if (Math.max(pushed.getOrDefault(here, 0), moved) <= epoch) {
                throw broken(batch, index, giver + " keeps in line what it has given");
              }
            });
  }

  private void heard(NodePeer peer, ClaimDelta delta) {
    Cid batch = cid(delta.batch());
    for (ClaimDelta.Entry entry : delta.entries()) {
      entry
          .indexes()
          .forEach(
              index -> {
                Register known = peer.core().register(batch, index);
                if (known.phase() != null) {
                  believes(peer, batch, index, known, delta.claimant(), entry);
                }
              });
    }
    keepsWhatIsItsOwn(peer, batch, delta.indexes());
  }

  /** A peer that follows the batch knows no less than what it was told. */
  private void believes(
      NodePeer peer, Cid batch, int index, Register known, Id claimant, ClaimDelta.Entry entry) {
    int above = order(known.phase(), known.epoch(), entry.phase(), entry.epoch());
    if (above < 0) {
      String what = "%s was told that it is %s in epoch %d, and believes %s";
      throw broken(batch, index, what.formatted(peer, entry.phase(), entry.epoch(), known));
    }
    Id owner = known.owner();
    if (above == 0 && owner != null && !owner.equals(claimant)) {
      Phase phase = entry.phase();
      ties.add(new Tie(batch, index, phase, entry.epoch(), owner, claimant));
      if (ties.contains(new Tie(batch, index, phase, entry.epoch(), claimant, owner))) {
        String what = "%s and others differ about who of two has it, which is %s, in epoch %d";
        throw broken(batch, index, what.formatted(peer, phase, entry.epoch()));
      }
      if (phase == Phase.DONE && owner.compareTo(claimant) < 0) {
        String what = "%s has it from the smaller of two that have done it in epoch %d";
        throw broken(batch, index, what.formatted(peer, entry.epoch()));
      }
    }
  }

  /** What is settled is above all, then what is done; of the others the later epoch is. */
  private static int order(
      @Nullable Phase phase, int epoch, @Nullable Phase otherPhase, int otherEpoch) {
    int byEnd = Integer.compare(end(phase), end(otherPhase));
    int byEpoch = phase == Phase.SETTLED ? 0 : Integer.compare(epoch, otherEpoch);
    boolean held = phase == Phase.HELD;
    boolean otherHeld = otherPhase == Phase.HELD;
    return byEnd != 0 ? byEnd : byEpoch != 0 ? byEpoch : Boolean.compare(held, otherHeld);
  }

  private static int end(@Nullable Phase phase) {
    return phase == Phase.SETTLED ? 2 : phase == Phase.DONE ? 1 : 0;
  }

  /** What a peer knows to be another's is not in its line. */
  private void keepsWhatIsItsOwn(NodePeer peer, Cid batch, IndexSet indexes) {
    peer.core()
        .queued(batch)
        .and(indexes)
        .forEach(
            index -> {
              if (isAnothers(peer, batch, index)) {
                throw broken(batch, index, peer + " keeps it in line, and knows it is another's");
              }
            });
  }

  /** A peer begins to run tasks. */
  void runs(NodePeer peer, Batch batch, IndexSet indexes) {
    seen(batch);
    indexes.forEach(
        index -> {
          if (isAnothers(peer, batch.cid(), index)) {
            throw broken(batch.cid(), index, peer + " runs it, and knows it is another's");
          }
        });
  }

  private static boolean isAnothers(NodePeer peer, Cid batch, int index) {
    Register known = peer.core().register(batch, index);
    return known.phase() == Phase.HELD && !peer.claimant.equals(known.owner());
  }

  /** Whoever has these bytes has those that the name is of. */
  static void hashes(NodePeer peer, Cid name, Bytes bytes) {
    try {
      Cid hashed = Batch.decode(World.LIMITS, bytes).cid();
      if (!hashed.equals(name)) {
        throw new BrokenPromiseException(-1, "%s has %s for %s".formatted(peer, hashed, name));
      }
    } catch (WireException wrong) {
      throw new BrokenPromiseException(
          -1, "%s has no batch for %s: %s".formatted(peer, name, wrong));
    }
  }
}
