package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.CopyFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has further peers keep batches that are kept here, while their submitters are away and too few of
 * those live that have them: the one that comes first of these does so, as the submitter would.
 */
final class Spares {
  private final PeerId self;
  private final CopyOptions options;
  private final Turn turn;
  private final Keeper keeper;

  /** The connected peers that keep journals and stay. */
  private final Set<PeerId> keepers;

  /** Those that are to be kept by one more, when others have been answered for. */
  private final Set<KeptBatch> waiting = new LinkedHashSet<>();

  /** What was asked and not answered, first what was asked first. */
  private final Map<Cid, Asked> asked = new LinkedHashMap<>();

  private long nowNanos;

  /** A peer was asked to keep a batch. */
  private record Asked(KeptBatch batch, PeerId peer, long untilNanos) {}

  Spares(PeerId self, CopyOptions options, Turn turn, Keeper keeper, Set<PeerId> keepers) {
    this.self = self;
    this.options = options;
    this.turn = turn;
    this.keeper = keeper;
    this.keepers = keepers;
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  /**
   * Those that keep a batch have answered, and this peer comes first of them.
   *
   * @return whether they are too few
   */
  boolean look(KeptBatch batch) {
    if (!isShort(batch)) {
      batch.isShort = false;
    } else if (!batch.isShort) {
      batch.isShort = true;
      batch.shortNanos = nowNanos;
    } else if (nowNanos - batch.shortNanos >= options.patience().toNanos()
        && !asked.containsKey(batch.cid())) {
      batch.declined.clear();
      waiting.add(batch);
      fill();
    }
    return batch.isShort;
  }

  private boolean isShort(KeptBatch batch) {
    return 1 + batch.answered.size() < options.copies();
  }

  private void fill() {
    Iterator<KeptBatch> all = waiting.iterator();
    while (asked.size() < options.askedMax() && all.hasNext()) {
      KeptBatch batch = all.next();
      all.remove();
      boolean isNeeded = keeper.batch(batch.cid()) == batch && !batch.vouched && isShort(batch);
      PeerId next = isNeeded ? next(batch) : null;
      if (next != null) {
        asked.put(batch.cid(), new Asked(batch, next, nowNanos + options.answer().toNanos()));
        send(next, batch.keep(self, next));
      }
    }
  }

  /** The first in rendezvous hash for the job of those that don't have the batch. */
  private @Nullable PeerId next(KeptBatch batch) {
    long key = OwnCopies.key(batch.batch.header().lineage(), batch.keep.job());
    PeerId first = null;
    long best = 0;
    for (PeerId peer : keepers) {
      boolean hasIt = batch.answered.contains(peer) || batch.submitter.equals(peer);
      long rank = Rendezvous.rank(key, Rendezvous.hash(peer));
      if (!hasIt
          && !batch.declined.contains(peer)
          && (first == null || Long.compareUnsigned(rank, best) > 0)) {
        first = peer;
        best = rank;
      }
    }
    return first;
  }

  private void send(PeerId to, CopyFrame frame) {
    turn.emit(new Effect.SendCopy(to, frame.encode()));
  }

  // Answers.

  /** A peer has the batch in its journal: it and the others hear of each other. */
  void kept(PeerId from, Cid cid) {
    Asked it = asked.get(cid);
    if (it == null || !it.peer.equals(from)) {
      return;
    }
    asked.remove(cid);
    KeptBatch batch = it.batch;
    if (keeper.batch(cid) == batch) {
      batch.answered.add(from);
      batch.addHolders(List.of(from));
      batch.passedOn = true;
      CopyFrame.Holders holders = new CopyFrame.Holders(cid, batch.holders());
      batch.answered.stream().filter(keepers::contains).forEach(peer -> send(peer, holders));
      keeper.have(from, true, List.of(batch.part()));
      again(batch);
    }
    fill();
  }

  private void again(KeptBatch batch) {
    if (isShort(batch)) {
      waiting.add(batch);
    }
  }

  /** A peer doesn't keep the batch. */
  void declined(PeerId from, Cid cid) {
    Asked it = asked.get(cid);
    if (it != null && it.peer.equals(from)) {
      asked.remove(cid);
      it.batch.declined.add(from);
      again(it.batch);
      fill();
    }
  }

  /** What a peer was asked is not answered any more. */
  void disconnected(PeerId peer) {
    List<Cid> lost = new ArrayList<>();
    asked.forEach(
        (cid, it) -> {
          if (it.peer.equals(peer)) {
            lost.add(cid);
          }
        });
    lost.forEach(cid -> declined(peer, cid));
  }

  /** Asks others where an answer is late. */
  void due() {
    for (Asked first = first();
        first != null && first.untilNanos - nowNanos <= 0;
        first = first()) {
      declined(first.peer, first.batch.cid());
    }
  }

  private @Nullable Asked first() {
    return asked.isEmpty() ? null : asked.values().iterator().next();
  }

  long nextDeadlineNanos(long never) {
    Asked first = first();
    return first == null || never - first.untilNanos <= 0 ? never : first.untilNanos;
  }
}
