package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who has copies of one durable batch of this peer's own. */
final class OwnCopies {
  final Cid cid;

  /** Where its first task is. */
  final JobPlace place;

  final int size;
  final long lineage;
  final long expiresAtMillis;

  /** Whether it is from before this peer was started, so that it doesn't know who has it. */
  final boolean restored;

  /** Who has it. */
  final Set<PeerId> held = new LinkedHashSet<>(2);

  /** Who was asked, or is about to be, and has not answered. */
  final Set<PeerId> asked = new LinkedHashSet<>(2);

  /** Who was ever asked. */
  private final Set<PeerId> known = new LinkedHashSet<>(2);

  /** Who doesn't take it. */
  final Set<PeerId> declined = new LinkedHashSet<>(0);

  /** Tasks whose outcomes are in the journal here. */
  final IndexBits ended = new IndexBits();

  /** Of a batch from before: tasks that have ended, as those say who have it. */
  final IndexBits elsewhere = new IndexBits();

  /** Whether others were asked after the first ones. */
  boolean changed;

  private @Nullable Batch batch;
  private @Nullable IntConsumer acknowledge;

  /**
   * Copies of a batch.
   *
   * @param acknowledge is told how many there are when that is enough; null if nobody waits
   */
  OwnCopies(
      Batch batch,
      JobPlace place,
      IndexBits open,
      boolean restored,
      @Nullable IntConsumer acknowledge) {
    this.cid = batch.cid();
    this.place = place;
    this.size = batch.size();
    this.lineage = batch.header().lineage();
    this.expiresAtMillis = batch.header().expiresAtMillis();
    this.batch = batch;
    this.restored = restored;
    this.acknowledge = acknowledge;
    ended.addAll(IndexBits.first(size));
    ended.removeAll(open);
  }

  /** By which peers are ranked that may keep a job's batches. */
  static long key(long lineage, long job) {
    return lineage * 0x9e3779b97f4a7c15L ^ job;
  }

  /** A peer is to be asked. */
  void ask(PeerId peer) {
    asked.add(peer);
    known.add(peer);
  }

  /** A peer is said to have it, and from now on counts as one who may; whether that is news. */
  boolean isNamed(PeerId peer) {
    return known.size() < CopyFrame.HOLDERS_MAX && known.add(peer);
  }

  /** Whether anybody was asked, or has it. */
  boolean isKnown() {
    return !known.isEmpty();
  }

  /** Whether what a peer says of how its tasks ended counts. */
  boolean trusts(PeerId peer) {
    return restored || known.contains(peer);
  }

  /** Which tasks have ended, say those who have it; null unless it is from before and all spoke. */
  @Nullable IndexSet endedElsewhere(int all) {
    return restored && held.size() >= all ? elsewhere.toSet() : null;
  }

  /** Whether all its tasks have ended. */
  boolean isDone() {
    return ended.size() == size;
  }

  /** Whether somebody waits for there to be copies. */
  boolean isAwaited() {
    return acknowledge != null;
  }

  /** There is nobody else to ask, or enough have it. */
  void acknowledge() {
    IntConsumer waiting = acknowledge;
    acknowledge = null;
    if (waiting != null) {
      waiting.accept(held.size());
    }
    if (isDone() && asked.isEmpty()) {
      batch = null;
    }
  }

  /** A peer has it; whether that is news. */
  boolean isHeldBy(PeerId peer) {
    known.add(peer);
    return held.add(peer);
  }

  /** Those that have it, were asked, or may still have it. */
  List<PeerId> holders() {
    return Stream.of(held, asked, known)
        .flatMap(Set::stream)
        .distinct()
        .limit(CopyFrame.HOLDERS_MAX)
        .toList();
  }

  /** What a holder is asked; null if only the journal has the batch any more. */
  CopyFrame.@Nullable Keep keep() {
    Batch it = batch;
    return it == null
        ? null
        : new CopyFrame.Keep(place.job(), place.total(), place.offset(), holders(), it);
  }

  /** The same, of what the journal has. */
  Effect.AskToKeep keep(PeerId peer) {
    return new Effect.AskToKeep(
        peer, cid, lineage, place.job(), place.total(), place.offset(), holders());
  }

  /** What is known here of how its tasks ended. */
  CopyFrame.Part part() {
    return new CopyFrame.Part(
        cid, lineage, place.job(), place.offset(), size, ended.toSet(), ended.toSet(), 0);
  }
}
