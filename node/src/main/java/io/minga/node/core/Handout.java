package io.minga.node.core;

import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;

/** Tasks of an own batch that were handed to one peer, in one epoch. */
final class Handout {
  /** The connection of one that came from another peer. */
  static final int NEVER_PUSHED = -1;

  final OwnBatch of;
  final Lane lane;
  final int epoch;

  /** Those that have no outcome from there, and have not come back. */
  final IndexBits tasks;

  /** Those of them that have begun and keep no slot, so that they are no work to speak of. */
  final IndexBits parked = new IndexBits();

  final long sentNanos;

  /** How long one of them is expected to run. */
  long taskNanos;

  /** When the peer would have been through with it, as seen when it was handed out; from then. */
  final long finishNanos;

  /** How long they were expected to wait there for a slot. */
  final long waitNanos;

  /** How long they may stand in line, when they are pushed first; 0 for however long. */
  long patienceMicros;

  /** Whether the peer has said what it takes. */
  boolean answered;

  /** Whether it was pushed once more without an answer, which may be lost: it may be taken. */
  boolean repeated;

  /** Of exclusive tasks: whether the peer ever had a lease, and when that has surely ended. */
  boolean leased;

  long leaseNanos;

  /** Whether the peer was dead since it asked for a lease last. */
  boolean lost;

  /** The connection over which it was pushed last. */
  int connection;

  Handout(
      OwnBatch of,
      Lane lane,
      int epoch,
      IndexBits tasks,
      long sentNanos,
      long taskNanos,
      long finishNanos) {
    this.of = of;
    this.lane = lane;
    this.epoch = epoch;
    this.tasks = tasks;
    this.sentNanos = sentNanos;
    this.taskNanos = taskNanos;
    this.finishNanos = finishNanos;
    this.waitNanos = Math.max(0, finishNanos - taskNanos);
    this.connection = lane.connection;
  }

  /** What frames to the peer call the batch. */
  BatchName name() {
    return connection == lane.connection
        ? new BatchName.Ref(of.ref())
        : new BatchName.ByCid(of.batch.cid());
  }

  /** Whether the frame speaks of some of these, and not of an attempt of before. */
  boolean isAnswered(WorkFrame.Taken taken) {
    if (taken.epoch() != 0 && taken.epoch() != epoch) {
      return false;
    }
    IndexBits spoken = IndexBits.of(taken.taken());
    spoken.addAll(taken.refused());
    spoken.retainAll(tasks);
    return !spoken.isEmpty();
  }

  WorkFrame.Push push() {
    connection = lane.connection;
    return new WorkFrame.Push(of.ref(), of.batch, tasks.toSet(), epoch, patienceMicros);
  }

  int bytes() {
    return of.batch.bytes().length();
  }
}
