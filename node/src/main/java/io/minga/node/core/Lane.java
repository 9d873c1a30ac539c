package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Rendezvous;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** What this peer, as a submitter, has with another that runs its tasks, or with itself. */
final class Lane {
  /** How slowly the longest round trip is forgotten: by a sixty-fourth with each answer. */
  private static final int FORGET_SHIFT = 6;

  /** More than that isn't laid by for outages: what is ahead can't go elsewhere. */
  private static final long OUTAGE_MOST_NANOS = 1_000_000_000;

  final PeerId peer;
  final boolean self;

  /** The peer's place in rendezvous. */
  final long hash;

  private Set<Handout> handouts = Collections.emptySet();

  boolean connected;

  /** Whether that is through another peer, who might say anything in its name. */
  boolean carried;

  /** Counts the connections, since names of batches are of one of them. */
  int connection;

  /** From a push to its answer, in the mean; 0 if none was answered. */
  long roundTripNanos;

  /** The longest of late. */
  private long longestNanos;

  int unanswered;
  long unansweredBytes;

  /** Expected run time of all that it has of ours, one after the other. */
  long workNanos;

  /** How many tasks these are, without those that are known to be parked. */
  private int workingTasks;

  /** The fewest slots that it was seen to have for anything; 0 if nobody has looked. */
  private int slotsLeast;

  /** How many of these are known to wait for something, so that they are in nobody's way. */
  int parkedTasks;

  /** That, when the peer last reported its load, which has it in it. */
  long reportedNanos;

  /** While work is handed out: for how long that keeps it busy which few others can run. */
  long reservedNanos;

  /** Until when it gets nothing, since it had no room. */
  long restNanos;

  boolean rests;

  private final Lanes lanes;

  Lane(PeerId peer, boolean self, Lanes lanes) {
    this.peer = peer;
    this.self = self;
    this.lanes = lanes;
    this.hash = Rendezvous.hash(peer);
    this.connected = self;
  }

  /** The peer has these tasks now. */
  void add(Handout handout) {
    if (handouts.isEmpty()) {
      handouts = new LinkedHashSet<>();
    }
    handouts.add(handout);
    lanes.laden().add(this);
    working(handout.tasks.size());
    workNanos += handout.tasks.size() * handout.taskNanos;
  }

  /** All that have tasks there, in the order in which they were handed out. */
  Set<Handout> handouts() {
    return handouts;
  }

  /** So many tasks of a handout keep no slot any more: they wait for something, or are over. */
  void rested(Handout handout, int tasks) {
    working(-tasks);
    workNanos -= tasks * handout.taskNanos;
    lanes.freed(this);
  }

  /** A task of a handout is expected to run for so long now. */
  void revalued(Handout handout, long taskNanos) {
    int working = handout.tasks.size() - handout.parked.size();
    workNanos += working * (taskNanos - handout.taskNanos);
    handout.taskNanos = taskNanos;
    lanes.freed(this);
  }

  /** The peer has none of these tasks any more. */
  void remove(Handout handout) {
    if (handouts.isEmpty()) {
      return;
    }
    handouts.remove(handout);
    if (handouts.isEmpty()) {
      handouts = Collections.emptySet(); // of thousands of lanes few have any
      lanes.laden().remove(this);
    }
  }

  private void working(int more) {
    boolean before = hasSurplus();
    workingTasks += more;
    lanes.hasSurplus(before, hasSurplus());
  }

  /** It has so many slots for tasks of some kind. */
  void hasSlots(int slots) {
    boolean before = hasSurplus();
    slotsLeast = slotsLeast == 0 ? slots : Math.min(slotsLeast, slots);
    lanes.hasSurplus(before, hasSurplus());
  }

  /** Whether it has more tasks of ours than its slots may be busy with. */
  private boolean hasSurplus() {
    return workingTasks > slotsLeast;
  }

  boolean canTake(long nowNanos) {
    if (rests && restNanos - nowNanos <= 0) {
      rests = false;
    }
    return connected && !rests;
  }

  /** Whether tasks of the batch may go there: exclusive ones go over connections only. */
  boolean canTake(long nowNanos, OwnBatch batch) {
    return canTake(nowNanos) && !(carried && batch.policy().exclusive());
  }

  /** The peer has answered a push after so long. */
  void answered(long nanos) {
    roundTripNanos += roundTripNanos == 0 ? nanos : (nanos - roundTripNanos) / 8;
    longestNanos -= (longestNanos - roundTripNanos) >> FORGET_SHIFT;
    longestNanos = Math.max(nanos, longestNanos);
    lanes.freed(this);
  }

  /** A push has had no answer for so long; it may come yet. */
  void hasNotAnswered(long nanos) {
    longestNanos = Math.max(nanos, longestNanos);
    lanes.freed(this);
  }

  /**
   * For how long nothing may come through, either way: what is lost is sent again, and what follows
   * waits for it. A push may be late by that, and an outcome too.
   */
  long outageNanos() {
    return Math.max(0, Math.min(OUTAGE_MOST_NANOS, 2 * (longestNanos - roundTripNanos)));
  }

  void rest(long untilNanos) {
    rests = true;
    restNanos = untilNanos;
  }

  /** Whether so many bytes more may be pushed without an answer. */
  boolean hasWindow(NodeOptions.Limits limits, int bytes) {
    return self
        || unanswered == 0
        || (unanswered < limits.pushesMax() && unansweredBytes + bytes <= limits.pushedBytesMax());
  }

  @Override
  public String toString() {
    return "%s, %d handouts".formatted(peer, handouts.size());
  }
}
