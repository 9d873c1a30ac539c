package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.util.TreeSet;

/** What is known of one peer: its latest report, and what happened since. */
final class PeerLoad {
  /** How long work that was handed out may be missing in a report. */
  static final long SETTLE_NANOS = 250_000_000;

  /** Times of hand-outs are told apart no finer, so that idle peers needn't be ordered anew. */
  static final long GRAIN_NANOS = 1L << 22;

  private static final double RESPONSE_WEIGHT = 1.0 / 8;

  final PeerId peer;
  final boolean own;

  /** The peer's place in rendezvous with keys that all peers know. */
  final long hash;

  final TreeSet<FunctionName> functions = new TreeSet<>();
  PeerReport report;
  long atNanos;

  /** When it is through with all that it is known to hold; in the past if it is idle. */
  long busyUntilNanos;

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
    report = latest;
    atNanos = nowNanos;
    if (own) {
      young = 0;
      old = 0;
    }
    slice(nowNanos);
    double said = latest.slots() == 0 ? 0 : (double) latest.workNanos() / latest.slots();
    double believed = seenNanos == 0 ? said : Estimates.clamp(said, (double) seenNanos);
    busyUntilNanos = nowNanos + Math.round(believed) + young + old;
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
        && report.tags().containsAll(kind.need().tags());
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
