package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Batch;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch of this peer's own callers, and how far each of its tasks is. */
final class OwnBatch implements Comparable<OwnBatch> {
  private static final IndexBits NONE = new IndexBits();

  final Batch batch;

  /** What frames call the batch: unlike any other of this peer's, from 1. */
  private final long ref;

  /** Whether it is from before this peer was started, so that nobody knows who was given it. */
  boolean restored;

  /** Whether it was to be durable, and the journal does not take it. */
  boolean isRefused;

  /** Tasks whose outcomes are being journaled. */
  final IndexBits recording = new IndexBits();

  /** What decides who can run it. */
  Demand demand;

  /** Tasks without an outcome. */
  final IndexBits open;

  /** Open tasks that are to be handed out, now. */
  final IndexBits ready;

  /** What happened to it; null if there is no room to write that. */
  @Nullable Story story;

  /** Where tasks are; an open task is ready, here, or waits for another attempt. */
  final List<Handout> handouts = new ArrayList<>(1);

  /** Since when tasks have been ready. */
  long readySinceNanos;

  /** How often a peer that some of it was pushed to had more to do than was known here. */
  int surprises;

  /** Who failed one of these last: others are tried first. */
  @Nullable Lane avoided;

  boolean queued;
  boolean announced;

  /** Whether it was handed out, so that it may come to be announced. */
  boolean watched;

  /** Until when nobody else hears of it. */
  long quietUntilNanos;

  /** How many of its tasks were open when that was set. */
  private int quietOpen;

  /** Tasks of which their last owner was told that he has them no more, until the next has them. */
  final IndexBits calledBack = new IndexBits();

  /** Once it is announced: tasks with outcomes of which nobody else has heard. */
  final IndexBits settled = new IndexBits();

  /** Who ever had some of it; few. */
  private final List<PeerId> owners = new ArrayList<>(1);

  private final List<Submission> submissions;
  private final @Nullable Stewardship stewardship;
  private final boolean journaled;

  /** Of each task: its place in {@link #submissions} and its call; null if there is just one. */
  private final int @Nullable [] callers;

  /** Without {@link #callers}: the call of task 0. */
  private final int firstCall;

  /** Of each task: what it ranks peers by; null if equal tasks of others are nothing to it. */
  private final long @Nullable [] keys;

  private final Attempts attempts;

  /**
   * Exclusive tasks from before this peer was started: others may run them, under leases of which
   * nothing is known here.
   */
  IndexBits former = NONE;

  OwnBatch(
      Batch batch,
      long ref,
      Demand demand,
      List<Submission> submissions,
      int @Nullable [] callers,
      int firstCall,
      long @Nullable [] keys) {
    this.batch = batch;
    this.ref = ref;
    this.demand = demand;
    this.open = IndexBits.first(batch.size());
    this.ready = IndexBits.first(batch.size());
    this.submissions = submissions;
    this.stewardship = submissions.get(0).caller() instanceof Stewardship it ? it : null;
    this.journaled = batch.header().policy().durable() || stewardship != null;
    this.callers = callers;
    this.firstCall = firstCall;
    this.keys = keys;
    this.attempts = new Attempts(batch.size(), policy().durable() && policy().exclusive());
  }

  /** Nobody else hears of it until then. */
  void beQuiet(long untilNanos) {
    quietUntilNanos = untilNanos;
    quietOpen = open.size();
  }

  /** Whether tasks have ended since. */
  boolean hasProgressed() {
    return open.size() < quietOpen;
  }

  Policy policy() {
    return batch.header().policy();
  }

  /** For whom its tasks are run, if they are those of a batch that is kept here; else null. */
  @Nullable Stewardship stewardship() {
    return stewardship;
  }

  /** Whether outcomes of its tasks are journaled before anybody hears of them. */
  boolean isJournaled() {
    return journaled;
  }

  long ref() {
    return ref;
  }

  Submission submission(int index) {
    return submissions.get(callers == null ? 0 : callers[index] >>> 8);
  }

  /** The task's place among its submission's calls. */
  int call(int index) {
    return callers == null ? firstCall + index : callers[index] & 0xff;
  }

  /** What the task, of a batch that has a home, ranks peers by. */
  long key(int index) {
    return keys == null ? 0 : keys[index];
  }

  /** How often its tasks were tried. */
  Attempts attempts() {
    return attempts;
  }

  int handed(int index) {
    return attempts.handed(index);
  }

  /** The epoch in which the task was handed out last, or that its owner has claimed since. */
  int epoch(int index) {
    return attempts.epoch(index);
  }

  /** The task's epoch is at least this from now on; the next peer gets it in the one after. */
  void raise(int index, int epoch) {
    attempts.raise(index, epoch);
  }

  /** Some of it is handed to a peer, which may send outcomes from now on. */
  void isHandedTo(PeerId peer) {
    if (!owners.contains(peer)) {
      owners.add(peer);
    }
  }

  /** Whether a peer ever had some of it. */
  boolean wasHandedTo(PeerId peer) {
    return restored || owners.contains(peer);
  }

  /** The open tasks of which an attempt has failed. */
  IndexSet failed() {
    IndexBits failed = new IndexBits();
    open.forEach(
        index -> {
          if (attempts.failures(index) > 0 || attempts.deaths(index) > 0) {
            failed.add(index);
          }
        });
    return failed.toSet();
  }

  /** Whether those of its tasks that are ready wait for their epochs to be written down. */
  boolean isSpent() {
    return !ready.isEmpty() && !attempts.mayBegin(ready.first());
  }

  /** The handout that has the task; null if none. */
  @Nullable Handout handout(int index) {
    for (int i = 0; i < handouts.size(); i++) {
      if (handouts.get(i).tasks.contains(index)) {
        return handouts.get(i);
      }
    }
    return null;
  }

  /** With how many peers the task is. */
  int holders(int index) {
    int holders = 0;
    for (int i = 0; i < handouts.size(); i++) {
      holders += handouts.get(i).tasks.contains(index) ? 1 : 0;
    }
    return holders;
  }

  /** The handout to {@code lane} that has the task; null if none. */
  @Nullable Handout handout(Lane lane, int index) {
    for (int i = 0; i < handouts.size(); i++) {
      Handout handout = handouts.get(i);
      if (handout.lane == lane && handout.tasks.contains(index)) {
        return handout;
      }
    }
    return null;
  }

  /** By priority, then as they came. */
  @Override
  public int compareTo(OwnBatch other) {
    int byPriority = Integer.compare(other.policy().priority(), policy().priority());
    return byPriority != 0 ? byPriority : Long.compare(ref, other.ref);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(ref);
  }

  @Override
  public String toString() {
    return "%s, open %s".formatted(batch, Arrays.toString(open.toSet().toArray()));
  }
}
