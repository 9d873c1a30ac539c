package io.minga.node.core;

import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Need;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Placement;
import io.minga.node.task.Requirements;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Own batches that the same peers can run and that are placed by the same rule. */
final class Demand {
  final Key key;
  final Kind kind;

  /** Those with tasks to hand out. */
  final PriorityQueue<OwnBatch> ready = new PriorityQueue<>();

  /** Who can run them, as known at {@link #knownNanos}. */
  List<Candidate> candidates = new ArrayList<>();

  long knownNanos;

  /** How many tasks are with peers. */
  long handed;

  /** Since when nobody has been connected that can run them. */
  long unservedNanos;

  boolean unserved;

  /** The state of the lanes' table then, or -1 if nobody has looked. */
  long knownVersion = -1;

  /** Where the next look at the candidates begins, so that equal ones take turns. */
  int turn;

  /** What makes demands alike. */
  record Key(
      FunctionName function, Requirements requires, Placement.Rule rule, boolean remoteOnly) {}

  /**
   * A peer that can run them.
   *
   * @param slots how many at once
   * @param othersNanos until it is through with what others gave it
   * @param meanNanos how long one runs there
   */
  record Candidate(Lane lane, int slots, long othersNanos, long meanNanos) {
    /** When it would be through with {@code tasks} more, from now. */
    double finishNanos(int tasks) {
      return othersNanos + ((double) workNanos() + (double) tasks * meanNanos) / slots;
    }

    /**
     * When it would have ended one more, from now: it takes its time however many slots are free.
     */
    double endNanos() {
      return othersNanos + Math.max((double) meanNanos, finishNanos(1) - othersNanos);
    }

    /** Whether it has fewer tasks of ours than slots. */
    boolean hasFreeSlot() {
      return workNanos() < (long) slots * meanNanos;
    }

    /** Of what it has of ours, that which needs a slot. */
    long workNanos() {
      return Math.max(0, lane.workNanos - lane.parkedTasks * meanNanos);
    }
  }

  Demand(Key key) {
    this.key = key;
    this.kind = new Kind(key.function, Kind.ANY_SIZE, need(key.requires));
  }

  static Need need(Requirements requires) {
    return new Need(Math.max(1, requires.cores()), requires.memoryMib(), requires.tags());
  }

  /** When all would be through with what they have and {@code tasks} more, if they share them. */
  double levelNanos(double tasks) {
    double rates = 0;
    double work = tasks;
    for (Candidate candidate : candidates) {
      if (candidate.lane.connected) {
        double rate = (double) candidate.slots / candidate.meanNanos;
        rates += rate;
        work += rate * candidate.finishNanos(0);
      }
    }
    return rates == 0 ? 0 : work / rates;
  }

  /** The mean of how long one runs, over all who can; 0 if there is none. */
  long meanNanos() {
    long sum = 0;
    for (Candidate candidate : candidates) {
      sum += candidate.meanNanos;
    }
    return candidates.isEmpty() ? 0 : sum / candidates.size();
  }
}
