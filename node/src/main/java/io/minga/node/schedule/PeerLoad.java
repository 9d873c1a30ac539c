package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.util.Collections;
import java.util.Set;

/** What is known of one peer: its latest report, and what happened since. */
final class PeerLoad {
  /** How long work that was handed out may be missing in a report. */
  static final long SETTLE_NANOS = 250_000_000;

  /** Times of hand-outs are told apart no finer, so that idle peers needn't be ordered anew. */
  static final long GRAIN_NANOS = 1L << 22;

  private static final double RESPONSE_WEIGHT = 1.0 / 8;

  /** Two reports that are closer say nothing of how fast the peer gets on. */
  private static final long PACE_LEAST_NANOS = 500_000_000;

  final PeerId peer;
  final boolean own;

  /** The peer's place in rendezvous with keys that all peers know. */
  final long hash;

  /** What it offers; the very set is that of others, too, and does not change. */
  Set<FunctionName> functions = Collections.emptySet();

  PeerReport report;
  long atNanos;

  /** When it is through with all that it is known to hold; in the past if it is idle. */
  long busyUntilNanos;

  /** Until it is through, as it said last, from then. */
  private long saidNanos;

  /** How much of the time that passed its finish time ran down by between its last reports. */
  private double pace = 1;

  /** Its place in the list of all loads. */
  int place;

  long seenNanos;
  double responseNanos;

  /** Handed out in two slices of time, so that no list of hand-outs is needed. */
  private long sliceNanos;

  private long young;
  private long old;

  PeerLoad(long nowNanos, PeerReport report, boolean own) {
    this.peer = report.peer();
    this.own = own;
    this.hash = Rendezvous.hash(peer);
    this.report = report;
    this.atNanos = nowNanos;
    this.sliceNanos = nowNanos;
    this.busyUntilNanos = nowNanos;
  }

  /** {@code nowNanos} without what is finer than the grain. */
  static long grain(long nowNanos) {
    return nowNanos & -GRAIN_NANOS;
  }

  void take(long nowNanos, PeerReport latest) {
    long sinceNanos = nowNanos - atNanos;
    report = latest;
    atNanos = nowNanos;
    if (own) {
      young = 0;
      old = 0;
    }
    slice(nowNanos);
    double said = latest.slots() == 0 ? 0 : (double) latest.workNanos() / latest.slots();
    double believed = seenNanos == 0 ? said : Estimates.clamp(said, (double) seenNanos);
    if (sinceNanos >= PACE_LEAST_NANOS && saidNanos > 0) {
      double down = (saidNanos - believed) / Math.min(saidNanos, sinceNanos);
      pace = Math.max(0, Math.min(1, down));
    }
    saidNanos = Math.round(believed);
    busyUntilNanos = nowNanos + saidNanos + young + old;
  }

  /** Adds what keeps the peer busy for so long. */
  void handOut(long nowNanos, long busyNanos) {
    slice(nowNanos);
    young += busyNanos;
    long grain = grain(nowNanos);
    busyUntilNanos = (busyUntilNanos - grain > 0 ? busyUntilNanos : grain) + busyNanos;
  }

  void handBack(long busyNanos) {
    young = Math.max(0, young - busyNanos);
    busyUntilNanos -= busyNanos;
  }

  void respond(long nanos) {
    responseNanos +=
        responseNanos == 0 ? (double) nanos : RESPONSE_WEIGHT * (nanos - responseNanos);
  }

  long finishNanos(long nowNanos) {
    return Math.max(0, busyUntilNanos - nowNanos);
  }

  /**
   * The same of a peer that goes on as it did between its last reports: what it gets steadily, or
   * is late with, it gets or is late with until it says otherwise.
   */
  long steadyFinishNanos(long nowNanos) {
    long age = Math.max(0, nowNanos - atNanos);
    long undone = Math.max(0, saidNanos - Math.round(pace * age)) - Math.max(0, saidNanos - age);
    return finishNanos(nowNanos) + undone;
  }

  /** How many tasks of such a need run there at once: wide ones don't fill every slot. */
  int slotsFor(Need need) {
    int slots = report.slots();
    if (need.cores() > 1) {
      slots = Math.min(slots, report.cores() / need.cores());
    }
    if (need.memoryMib() > 0) {
      slots = Math.min(slots, report.memoryMib() / need.memoryMib());
    }
    return Math.max(1, slots);
  }

  boolean canRun(Kind kind) {
    return report.slots() > 0
        && functions.contains(kind.function())
        && kind.need().fits(report.cores(), report.memoryMib())
        && (kind.need().tags().isEmpty() || report.tags().containsAll(kind.need().tags()));
  }

  /** Begins a new slice when it is time; what is older than two is in every report. */
  private void slice(long nowNanos) {
    if (nowNanos - sliceNanos >= SETTLE_NANOS) {
      old = nowNanos - sliceNanos >= 2 * SETTLE_NANOS ? 0 : young;
      young = 0;
      sliceNanos = nowNanos;
    }
  }
}
