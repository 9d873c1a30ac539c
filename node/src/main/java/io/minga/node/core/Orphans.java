package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.LoadReport;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Submitters whose connection is lost: what they have here is dropped after a while, or as soon as
 * they are back and know nothing of it.
 */
final class Orphans {
  private final NodeOptions options;
  private final Membership membership;
  private final Map<PeerId, Orphan> orphans = new LinkedHashMap<>();

  /**
   * When what a submitter has here is dropped, unless it is back.
   *
   * @param boot which life of it gave that, which nobody else may remember; 0 if unknown
   */
  private record Orphan(long untilNanos, long boot) {}

  Orphans(NodeOptions options, Membership membership) {
    this.options = options;
    this.membership = membership;
  }

  /** There is no connection to a peer that may have tasks here, or surely has. */
  void add(long nowNanos, PeerId submitter, boolean holds) {
    if (holds || orphans.size() < options.limits().peersMax()) {
      LoadReport last = membership.report(submitter);
      long untilNanos = nowNanos + options.times().orphan().toNanos();
      orphans.putIfAbsent(submitter, new Orphan(untilNanos, last == null ? 0 : last.boot()));
    }
  }

  /** A peer greets; whether it has started anew, so that nobody waits for what it gave before. */
  boolean isBackAnew(PeerId peer, long boot) {
    Orphan orphan = orphans.remove(peer);
    return orphan != null && orphan.boot != 0 && orphan.boot != boot;
  }

  /** This peer stood still, and they may have tried to come back. */
  void waitAnew(long nowNanos) {
    long untilNanos = nowNanos + options.times().orphan().toNanos();
    orphans.replaceAll((submitter, orphan) -> new Orphan(untilNanos, orphan.boot));
  }

  /** Those that have not come back in time. */
  List<PeerId> due(long nowNanos) {
    if (orphans.isEmpty()) {
      return List.of();
    }
    List<PeerId> due = new ArrayList<>();
    for (Iterator<Map.Entry<PeerId, Orphan>> all = orphans.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<PeerId, Orphan> each = all.next();
      if (each.getValue().untilNanos - nowNanos <= 0) {
        all.remove();
        if (!membership.reaches(each.getKey())) {
          due.add(each.getKey());
        }
      }
    }
    return due;
  }

  long nextDeadlineNanos(long never) {
    long next = never;
    for (Orphan orphan : orphans.values()) {
      next = next - orphan.untilNanos <= 0 ? next : orphan.untilNanos;
    }
    return next;
  }
}
