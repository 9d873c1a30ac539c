package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.Precedence;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Tries;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A batch of another peer that is kept here, and who says how its tasks ended. */
final class KeptBatch {
  final CopyFrame.Keep keep;
  final Batch batch;
  final PeerId submitter;

  /** Who may keep it, this peer among them: the submitter says so, and those who keep it. */
  private List<PeerId> holders;

  /** Whether it is in the journal. */
  boolean recorded;

  /** Whether the submitter has spoken of it since it was connected last. */
  boolean vouched;

  /** Tasks with outcomes. */
  final IndexBits ended = new IndexBits();

  /** Those of them whose outcomes are the submitter's. */
  final IndexBits confirmed = new IndexBits();

  /** How often tasks were tried, as far as that is known here. */
  Tries tries = Tries.NONE;

  /** Of each task: who said how it ended, as far as that counts. */
  private final @Nullable PeerId[] origins;

  // Looking after it, when its submitter is gone.

  /** Those of the others who said that they have it since they were asked. */
  final Set<PeerId> answered = new LinkedHashSet<>(2);

  /** When the others are asked next, or it is decided by their answers. */
  long stepNanos;

  /** Whether they were asked. */
  boolean asked;

  /** Whether too few of those that have it can be heard, and since when. */
  boolean isShort;

  long shortNanos;

  /** Who doesn't take it, of those that were asked for its submitter. */
  final Set<PeerId> declined = new LinkedHashSet<>(0);

  /** Whether its submitter doesn't know all who have it: others have had it kept since. */
  boolean passedOn;

  /** By whose leave it is here, if that isn't its submitter. */
  @Nullable PeerId asker;

  /** What is done for it here; mostly nothing. */
  final List<Stewardship> stewardships = new ArrayList<>(0);

  KeptBatch(CopyFrame.Keep keep) {
    this.keep = keep;
    this.batch = keep.batch();
    this.submitter = batch.header().submitter();
    this.holders = keep.holders();
    this.origins = new PeerId[batch.size()];
  }

  /** What the journal had. */
  static KeptBatch of(KeptCopy copy) {
    KeptBatch batch = new KeptBatch(copy.keep());
    batch.recorded = true;
    batch.tries = copy.tries();
    copy.said().forEach(said -> batch.said(said.origin(), said.indexes()));
    return batch;
  }

  Cid cid() {
    return batch.cid();
  }

  /** Who may keep it. */
  List<PeerId> holders() {
    return holders;
  }

  /** These keep it, too. Nobody is forgotten who may still have it, as far as there is room. */
  void addHolders(List<PeerId> more) {
    holders =
        Stream.concat(more.stream(), holders.stream())
            .distinct()
            .limit(CopyFrame.HOLDERS_MAX)
            .toList();
  }

  /** What another is asked, in its submitter's place. */
  CopyFrame.Keep keep(PeerId self, PeerId other) {
    List<PeerId> known =
        Stream.of(Stream.of(self, other), answered.stream(), holders.stream())
            .flatMap(all -> all)
            .distinct()
            .limit(CopyFrame.HOLDERS_MAX)
            .toList();
    return new CopyFrame.Keep(keep.job(), keep.total(), keep.offset(), known, batch);
  }

  boolean isDone() {
    return ended.size() == batch.size();
  }

  /** Those of these tasks of which nobody with this one's precedence has said how they ended. */
  IndexSet news(PeerId origin, IndexSet indexes) {
    long rank = Precedence.of(cid(), submitter, origin);
    IndexBits news = new IndexBits();
    indexes.forEach(
        index -> {
          PeerId before = origins[index];
          if (before == null || Precedence.of(cid(), submitter, before) < rank) {
            news.add(index);
          }
        });
    return news.toSet();
  }

  /** From now on this one's outcomes of these tasks count. */
  void said(PeerId origin, IndexSet indexes) {
    indexes.forEach(index -> origins[index] = origin);
    ended.addAll(indexes);
    if (origin.equals(submitter)) {
      confirmed.addAll(indexes);
    }
  }

  /** Whether a peer that keeps it, too, comes before this one. */
  boolean isBefore(PeerId other, PeerId self) {
    return Precedence.of(cid(), other) > Precedence.of(cid(), self);
  }

  /** What is known of it here. */
  CopyFrame.Part part() {
    long[] digest = {0};
    ended.forEach(
        index -> {
          PeerId origin = origins[index];
          if (origin != null && !confirmed.contains(index)) {
            digest[0] ^= Rendezvous.rank(index + 1L, Rendezvous.hash(origin));
          }
        });
    return new CopyFrame.Part(
        cid(),
        batch.header().lineage(),
        keep.job(),
        keep.offset(),
        batch.size(),
        ended.toSet(),
        confirmed.toSet(),
        digest[0]);
  }

  /** Which outcomes a peer lacks that has said what it has. */
  IndexSet lacks(CopyFrame.Part other, boolean isSubmitter) {
    IndexSet lacks = ended.toSet().andNot(other.ended());
    if (isSubmitter) {
      return lacks;
    }
    lacks = lacks.or(confirmed.toSet().andNot(other.confirmed()));
    if (part().digest() != other.digest()) {
      IndexSet unconfirmed = ended.toSet().andNot(confirmed.toSet());
      lacks = lacks.or(unconfirmed.and(other.ended().andNot(other.confirmed())));
    }
    return lacks;
  }
}
