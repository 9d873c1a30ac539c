package io.minga.node.core;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.sync.RangeSync;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Saying;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Compares what this peer knows of claims with what its neighbours know, and tells them what they
 * lack: soon after they were connected, and now and then with one of them, for what gossip has
 * lost. What was new here, and hasn't come by gossip a moment later, is then compared with two
 * more, so that it goes round where gossip never went. Peers that agree exchange one digest.
 */
final class Comparing {
  /** How many are compared with when there was something new. */
  private static final int SPREAD = 2;

  /** Of all its neighbours, about so many ask a submitter how it stands with something new. */
  private static final int ASKING = 8;

  private static final long SPREAD_NANOS = 1_000_000_000;

  /** What is due is looked for no more often, however many neighbours there are. */
  private static final long LOOK_NANOS = 100_000_000;

  /** A comparison that the other has begun so lately makes this one's needless. */
  private static final long JUST_NANOS = 1_000_000_000;

  private final PeerId self;
  private final CompareOptions options;
  private final RandomGenerator random;
  private final Turn turn;
  private final Membership membership;
  private final ClaimSet claims;
  private final Hearsay hearsay;
  private final Unheard unheard = new Unheard();
  private final Tidings tidings;

  /** The neighbours. */
  private final Map<PeerId, Neighbour> pairs = new LinkedHashMap<>();

  private int begun;
  private int answered;
  private boolean rounds;
  private long roundNanos;

  /** Whether this round is with the submitter of something that is open. */
  private boolean asksSubmitter;

  private long lookNanos;

  /** When all were looked at last. */
  private long lookedNanos;

  /** Whether others may have to hear of something that was told here. */
  private boolean fresh;

  /** When that may be, if there was something new before. */
  private long spreadNanos;

  private boolean spread;

  Comparing(Ground ground, CompareOptions options, Membership membership, Announcer announcer) {
    this.self = ground.self();
    this.options = options;
    this.random = ground.random();
    this.turn = ground.turn();
    this.membership = membership;
    this.claims = announcer.claims();
    this.hearsay = announcer.hearsay();
    this.tidings = new Tidings(self, ground.options(), claims, unheard);
  }

  // Neighbours.

  void connected(long nowNanos, PeerId peer) {
    if (!rounds) {
      rounds = true;
      roundNanos = nowNanos + jitter(peer, options.every().toNanos());
      lookNanos = roundNanos;
      lookedNanos = nowNanos;
    }
    Neighbour pair = new Neighbour();
    Neighbour before = pairs.put(peer, pair);
    if (before != null) {
      end(nowNanos, before, before.mine);
      end(nowNanos, before, before.theirs);
    }
    long firstNanos = nowNanos + jitter(peer, options.first().toNanos());
    pair.againNanos = firstNanos + options.second().toNanos();
    plan(pair, firstNanos);
  }

  void disconnected(long nowNanos, PeerId peer) {
    Neighbour pair = pairs.remove(peer);
    if (pair != null) {
      end(nowNanos, pair, pair.mine);
      end(nowNanos, pair, pair.theirs);
    }
  }

  /** From one to two times so long, so that two don't begin at once. */
  private long jitter(PeerId peer, long nanos) {
    long rank = Rendezvous.rank(Rendezvous.hash(self) << 1, Rendezvous.hash(peer));
    return nanos + (rank >>> 1) % nanos;
  }

  private void plan(Neighbour pair, long atNanos) {
    if (!pair.planned || atNanos - pair.planNanos < 0) {
      pair.planned = true;
      pair.planNanos = atNanos;
    }
    lookBy(atNanos);
  }

  private void lookBy(long atNanos) {
    long byNanos = atNanos - lookedNanos < LOOK_NANOS ? lookedNanos + LOOK_NANOS : atNanos;
    lookNanos = byNanos - lookNanos < 0 ? byNanos : lookNanos;
  }

  /** Whether a neighbour is of this network, and stays. */
  private boolean isComparable(PeerId peer) {
    LoadReport report = membership.report(peer);
    return membership.isConnected(peer) && report != null && !report.draining();
  }

  // Time.

  /** Begins what is due, unless this peer is about to leave. */
  void due(long nowNanos, boolean leaving) {
    if (!rounds || lookNanos - nowNanos > 0) {
      return;
    }
    if (roundNanos - nowNanos <= 0) {
      roundNanos = nowNanos + options.every().toNanos();
      if (claims.digests().size() > 0) {
        roundNanos += random.nextLong(options.every().toNanos() / 10);
        asksSubmitter = !asksSubmitter;
        Id open = claims.digests().id(random.nextInt(claims.digests().size()));
        if (!asksSubmitter || !planSubmitter(nowNanos, open)) {
          planSome(nowNanos, 1);
        }
      }
    }
    lookNanos = roundNanos;
    lookedNanos = nowNanos;
    if (fresh) {
      spreadNews(nowNanos);
    }
    pairs.forEach((peer, pair) -> due(nowNanos, peer, pair, leaving));
  }

  private void due(long nowNanos, PeerId peer, Neighbour pair, boolean leaving) {
    timeOut(nowNanos, peer, pair, pair.mine);
    timeOut(nowNanos, peer, pair, pair.theirs);
    if (pair.again && pair.againNanos - nowNanos <= 0) {
      pair.again = false;
      plan(pair, nowNanos);
    } else if (pair.again) {
      lookBy(pair.againNanos);
    }
    if (pair.planned && pair.planNanos - nowNanos <= 0 && pair.mine == null) {
      if (begun < options.begunMax()) {
        pair.planned = false;
        if (!leaving) {
          begin(nowNanos, peer, pair);
        }
      }
    } else if (pair.planned && pair.mine == null) {
      lookBy(pair.planNanos);
    }
  }

  private void timeOut(
      long nowNanos, PeerId peer, Neighbour pair, Neighbour.@Nullable Comparison it) {
    if (it != null) {
      if (it.sync.nextDeadlineNanos() - nowNanos <= 0) {
        step(nowNanos, peer, pair, it, new RangeSync.Input.Elapsed());
      } else {
        lookBy(it.sync.nextDeadlineNanos());
      }
    }
  }

  private void begin(long nowNanos, PeerId peer, Neighbour pair) {
    boolean isJust = pair.wasBegun && nowNanos - pair.begunNanos < JUST_NANOS;
    if (claims.digests().size() > 0 && !isJust && isComparable(peer)) {
      pair.number++;
      Neighbour.Comparison it = new Neighbour.Comparison(pair.number, true, sync());
      pair.mine = it;
      begun++;
      step(nowNanos, peer, pair, it, new RangeSync.Input.Start());
      lookBy(it.sync.nextDeadlineNanos());
    }
  }

  /** What isn't in the tree and is known all the same is settled. */
  private RangeSync sync() {
    return new RangeSync(claims.digests(), claims::contains, options.sync());
  }

  /** Has some neighbours compared with, whoever it is. */
  private void planSome(long nowNanos, int count) {
    List<PeerId> all = new ArrayList<>();
    for (PeerId peer : pairs.keySet()) {
      if (isComparable(peer)) {
        all.add(peer);
      }
    }
    for (int i = 0; i < count && !all.isEmpty(); i++) {
      Neighbour pair = pairs.get(all.remove(random.nextInt(all.size())));
      if (pair != null) {
        plan(pair, nowNanos);
      }
    }
  }

  /** When there is something to do; nobody is woken to compare nothing. */
  long nextDeadlineNanos(long never) {
    boolean rests = begun + answered == 0 && claims.digests().size() == 0;
    return !rounds || rests || never - lookNanos <= 0 ? never : lookNanos;
  }

  // Comparisons.

  /** A neighbour begins a comparison, or goes on with one. */
  void compare(long nowNanos, PeerId from, WorkFrame.Compare frame) {
    Neighbour pair = pairs.get(from);
    if (pair == null || !membership.isConnected(from) || membership.report(from) == null) {
      return;
    }
    Neighbour.Comparison it = frame.mine() ? pair.theirs : pair.mine;
    if (it == null || it.number != frame.number()) {
      it = frame.mine() ? answer(nowNanos, pair, frame.number()) : null;
    }
    if (it != null) {
      step(nowNanos, from, pair, it, new RangeSync.Input.Received(frame.message()));
    }
  }

  /** A comparison that the other begins; null if that is too much. */
  private Neighbour.@Nullable Comparison answer(long nowNanos, Neighbour pair, long number) {
    end(nowNanos, pair, pair.theirs);
    if (answered >= options.answeredMax()
        || !pair.may(options, nowNanos).begins.take(nowNanos, 1)) {
      return null;
    }
    Neighbour.Comparison it = new Neighbour.Comparison(number, false, sync());
    pair.theirs = it;
    pair.wasBegun = true;
    pair.begunNanos = nowNanos;
    answered++;
    lookBy(nowNanos + options.sync().timeout().toNanos());
    return it;
  }

  private void step(
      long nowNanos, PeerId peer, Neighbour pair, Neighbour.Comparison it, RangeSync.Input input) {
    List<RangeSync.Effect> effects;
    try {
      effects = it.sync.handle(nowNanos, input);
    } catch (MalformedException endless) {
      end(nowNanos, pair, it);
      return;
    }
    for (RangeSync.Effect effect : effects) {
      if (effect instanceof RangeSync.Effect.Send send) {
        turn.send(peer, new WorkFrame.Compare(it.number, it.mine, send.message()));
      } else if (effect instanceof RangeSync.Effect.Offer offer) {
        it.cut |= !tell(nowNanos, peer, pair, offer.entries(), it.told, false);
      } else if (effect instanceof RangeSync.Effect.Finished finished) {
        end(nowNanos, pair, it);
        if (it.cut || !finished.complete()) {
          plan(pair, nowNanos + retryNanos(pair.cuts++));
        } else {
          pair.cuts = 0;
        }
      } else if (effect instanceof RangeSync.Effect.TimedOut) {
        end(nowNanos, pair, it);
      }
    }
  }

  /** Twice as long each time: what may be told grows meanwhile. */
  private long retryNanos(int cuts) {
    long nanos = options.retry().toNanos() << Math.min(cuts, 16);
    return Math.min(nanos, options.every().toNanos());
  }

  private void end(long nowNanos, Neighbour pair, Neighbour.@Nullable Comparison it) {
    if (it == null) {
      return;
    }
    if (it.mine) {
      pair.mine = null;
      begun--;
      lookBy(nowNanos); // another may have waited for that
    } else {
      pair.theirs = null;
      answered--;
    }
  }

  // Tidings.

  /**
   * A neighbour tells what was said of batches.
   *
   * @param hearer takes its own word; that of others comes back as inputs
   * @throws WireException if it tells what nobody can have said
   */
  void told(long nowNanos, PeerId from, WorkFrame.Tell tell, Tidings.Hearer hearer)
      throws WireException {
    Neighbour pair = pairs.get(from);
    if (pair == null || !membership.isConnected(from) || membership.report(from) == null) {
      return;
    }
    Tidings.Taken taken = tidings.take(nowNanos, from, tell, pair.may(options, nowNanos), hearer);
    if (!taken.unproven().isEmpty()) {
      turn.emit(new Effect.Verify(taken.unproven()));
    }
    if (!tell.answer() && !taken.over().isEmpty()) {
      tell(nowNanos, from, pair, taken.over(), new LinkedHashSet<>(), true);
    }
    if (!taken.ends().isEmpty()) {
      List<Saying> ends = new ArrayList<>();
      for (ClaimMessage message : ClaimMessage.of(taken.ends())) {
        ends.add(Saying.own(Saying.Kind.CLAIMS, Bytes.copyOf(message.encode())));
      }
      tell(nowNanos, from, pair, ends, List.of(), true);
    }
    if (unheard.isAny() && !fresh) {
      fresh = true;
      long atNanos = nowNanos + SPREAD_NANOS;
      spreadNanos = spread && spreadNanos - atNanos > 0 ? spreadNanos : atNanos;
      spread = true;
      lookBy(spreadNanos);
    }
  }

  /** An announcement came, by gossip or because its proof is good. */
  void heard(Input.Announced announced) {
    unheard.heardOf(Announcer.id(announced.announcement().batch()));
  }

  /** Claims came, by gossip or because their proof is good. */
  void heard(Input.Claimed claimed) {
    claimed.message().deltas().forEach(unheard::heard);
  }

  /** What was new here may be so to others whom gossip didn't reach either. */
  private void spreadNews(long nowNanos) {
    if (spreadNanos - nowNanos <= 0) {
      fresh = false;
      List<Id> news = unheard.batches().stream().filter(claims::contains).toList();
      if (!news.isEmpty() || unheard.isMore()) {
        spreadNanos = nowNanos + options.calm().toNanos();
        planSome(nowNanos, planSubmitter(nowNanos, news) ? SPREAD - 1 : SPREAD);
      }
      unheard.clear();
    } else {
      lookBy(spreadNanos);
    }
  }

  /** Has the submitter of something new that is open compared with; where many would, few do. */
  private boolean planSubmitter(long nowNanos, List<Id> news) {
    List<Id> open = news.stream().filter(batch -> !claims.isSettled(batch)).toList();
    return !open.isEmpty()
        && random.nextInt(Math.max(1, pairs.size())) < ASKING
        && planSubmitter(nowNanos, open.get(random.nextInt(open.size())));
  }

  /**
   * Has a batch's submitter compared with, if it is a neighbour. What it has told others directly
   * they can't prove, and so not hand on.
   */
  private boolean planSubmitter(long nowNanos, Id batch) {
    Id submitter = claims.facts(batch).submitter();
    for (Map.Entry<PeerId, Neighbour> each : pairs.entrySet()) {
      if (Announcer.id(each.getKey()).equals(submitter) && isComparable(each.getKey())) {
        plan(each.getValue(), nowNanos);
        return true;
      }
    }
    return false;
  }

  /** Tells a neighbour all that can be told of these; false if that is too much. */
  private boolean tell(
      long nowNanos,
      PeerId peer,
      Neighbour pair,
      List<Id> batches,
      Set<Hearsay.Signed> told,
      boolean answer) {
    List<Id> bare = new ArrayList<>();
    List<Saying> all = hearsay.of(batches, told, bare);
    return tell(nowNanos, peer, pair, all, bare, answer);
  }

  private boolean tell(
      long nowNanos, PeerId peer, Neighbour pair, List<Saying> all, List<Id> bare, boolean answer) {
    Neighbour.Allowances may = pair.may(options, nowNanos);
    int count = 0;
    while (count < all.size() && may.told.take(nowNanos, all.get(count).length())) {
      count++;
    }
    Tidings.frames(all.subList(0, count), answer ? List.of() : bare, answer, turn.partsMax())
        .forEach(frame -> turn.send(peer, frame));
    return count == all.size();
  }
}
